// PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login): the password itself, under TLS.

import { passwordChallenge, readLogin, readPlain, userChallenge } from '#wire/sasl/password-message.ts'
import { isSelf, nothing, settled, type Talk, type TalkNeeds } from './talk.ts'

export async function* plain(needs: TalkNeeds, initial: Uint8Array | undefined): Talk {
  const { authorizationId, user, password } = readPlain(initial ?? (yield nothing))
  if (!isSelf(authorizationId, user)) return settled(user, { kind: 'not-yourself' })
  return settled(user, await needs.login(user, password, needs.remoteAddress))
}

export async function* login(needs: TalkNeeds, initial: Uint8Array | undefined): Talk {
  // An empty initial response (`=`) can't be a user name: some clients mean "none" by it.
  const name = initial !== undefined && initial.length > 0 ? initial : yield userChallenge
  const { user, password } = readLogin(name, yield passwordChallenge)
  return settled(user, await needs.login(user, password, needs.remoteAddress))
}

// OAUTHBEARER (RFC 7628) and XOAUTH2: a token of an authority that the settings name says who the client is.

import type { LoginOutcome } from '#accounts/account.ts'
import { admitted, attempt } from '#accounts/attempt.ts'
import { countedName } from '#accounts/names.ts'
import {
  type BearerMessage,
  printOauthBearerError,
  printXoauth2Error,
  readOauthBearer,
  readXoauth2,
} from '#wire/sasl/bearer-message.ts'
import { nothing, settled, type Talk, type TalkNeeds } from './talk.ts'

export async function* oauthBearer(needs: TalkNeeds, initial: Uint8Array | undefined): Talk {
  const message = readOauthBearer(initial ?? (yield nothing))
  const outcome = await enter(needs, message)
  if (outcome.kind === 'wrong') yield Buffer.from(printOauthBearerError(needs.settings.tokens?.issuer ?? ''))
  // The log wants a name where the client gave none.
  return settled(outcome.kind === 'welcome' ? outcome.account.address : message.user, outcome)
}

export async function* xoauth2(needs: TalkNeeds, initial: Uint8Array | undefined): Talk {
  const message = readXoauth2(initial ?? (yield nothing))
  const outcome = await enter(needs, message)
  if (outcome.kind === 'wrong') yield Buffer.from(printXoauth2Error())
  return settled(message.user, outcome)
}

async function enter(needs: TalkNeeds, message: BearerMessage): Promise<LoginOutcome> {
  const { remoteAddress } = needs
  // One name for all tokens that name nobody would let a guesser shut out everybody else's.
  const name = message.user === '' ? `token from ${remoteAddress}` : countedName(message.user)
  return await attempt(needs, { name, remoteAddress, judge: async () => await verdict(needs, message) })
}

async function verdict({ settings, directory }: TalkNeeds, { user, token }: BearerMessage): Promise<LoginOutcome> {
  const address = await settings.tokens?.addressIn(token)
  if (address === undefined) return { kind: 'wrong' }
  if (user !== '' && countedName(user) !== countedName(address)) return { kind: 'wrong' }
  const found = await directory.credentials(address)
  return found === undefined ? { kind: 'wrong' } : admitted(found.account)
}

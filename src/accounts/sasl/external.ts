// EXTERNAL (RFC 4422 A): the client's certificate, which an authority of the settings vouches for, says who it is.

import type { LoginOutcome } from '#accounts/account.ts'
import { admitted, attempt } from '#accounts/attempt.ts'
import { countedName } from '#accounts/names.ts'
import type { PeerCertificate } from '#io/channel.ts'
import { identityOctets } from '#wire/sasl/limits.ts'
import { readText } from '#wire/sasl/read-text.ts'
import { nothing, settled, type Talk, type TalkNeeds } from './talk.ts'

export async function* external(needs: TalkNeeds, initial: Uint8Array | undefined): Talk {
  const { channel, remoteAddress, settings, directory } = needs
  const asked = readText(initial ?? (yield nothing), identityOctets)
  const names = channel.peerCertificate ? namesOf(channel.peerCertificate, settings.certificateAccounts) : []
  const user = asked === '' ? names[0] : names.find(name => countedName(name) === countedName(asked))
  const judge = async (): Promise<LoginOutcome> => {
    const found = user === undefined ? undefined : await directory.credentials(user)
    return found === undefined ? { kind: 'wrong' } : admitted(found.account)
  }
  const shown = user ?? (asked || 'the certificate of nobody')
  return settled(shown, await attempt(needs, { name: countedName(shown), remoteAddress, judge }))
}

/** Whom a certificate may log in: its account by the settings, else the addresses in it. */
function namesOf({ fingerprint, emails }: PeerCertificate, accounts: ReadonlyMap<string, string>): readonly string[] {
  const mapped = accounts.get(fingerprint)
  return mapped === undefined ? emails : [mapped]
}

// SCRAM (RFC 5802, RFC 7677) from the server's side, with and without channel binding.

import type { LoginOutcome } from '#accounts/account.ts'
import { admitted, attempt } from '#accounts/attempt.ts'
import { countedName } from '#accounts/names.ts'
import { isProven, serverSignature } from '#accounts/scram.ts'
import type { ScramCredentials } from '#accounts/scram-accounts.ts'
import type { ScramMechanism } from '#accounts/scram-keys.ts'
import { ParseError } from '#base/parse-error.ts'
import { channelBindingTypes } from '#wire/sasl/mechanism.ts'
import {
  type ClientFinal,
  type ClientFirst,
  printServerFinal,
  printServerFirst,
  readClientFinal,
  readClientFirst,
} from '#wire/sasl/scram-message.ts'
import { isSelf, nothing, settled, type Talk, type TalkNeeds } from './talk.ts'

export interface ScramKind {
  readonly mechanism: ScramMechanism
  /** The `-PLUS` form. */
  readonly binds: boolean
}

export async function* scram(needs: TalkNeeds, kind: ScramKind, initial: Uint8Array | undefined): Talk {
  const first = readClientFirst(initial ?? (yield nothing))
  const { user } = first
  if (isDowngraded(needs, first)) return settled(user, { kind: 'downgraded' })
  const binding = expectedBinding(needs, kind, first)
  if (!isSelf(first.authorizationId, user)) return settled(user, { kind: 'not-yourself' })
  const who = { name: countedName(user), remoteAddress: needs.remoteAddress }
  const before = needs.backoff.before(who.name, who.remoteAddress)
  if (before.kind === 'too-many') return settled(user, before)

  const credentials = await needs.directory.scram.credentials(user, kind.mechanism)
  const nonce = first.nonce + needs.random.bytes(nonceOctets).toBase64()
  const serverFirst = printServerFirst({ ...credentials.keys, nonce })
  const final = readClientFinal(yield octets(serverFirst))
  const authMessage = `${first.bare},${serverFirst},${final.withoutProof}`
  const judge = async () => verdict(credentials, { final, nonce, binding, authMessage })
  const outcome = await attempt(needs, { ...who, judge })
  if (outcome.kind === 'welcome') yield octets(printServerFinal(serverSignature(credentials.keys, authMessage)))
  return settled(user, outcome)
}

const nonceOctets = 18

/** RFC 5802 6: a client that can bind and was not told that we can was told so by somebody else. */
function isDowngraded({ offered }: TalkNeeds, { binding }: ClientFirst): boolean {
  return binding.kind === 'not-offered' && offered.some(name => name.endsWith('-PLUS'))
}

/** What `c=` must hold: the header, and behind it what this connection is bound by. Throws ParseError. */
function expectedBinding(
  { channel }: TalkNeeds,
  { binds }: ScramKind,
  { binding, gs2Header }: ClientFirst,
): Uint8Array {
  if (binds !== (binding.kind === 'used')) throw new ParseError('channel binding goes with the -PLUS mechanisms', 0)
  if (binding.kind !== 'used') return octets(gs2Header)
  const type = channelBindingTypes.find(one => one === binding.type)
  const bound = type && channel.channelBinding(type)
  if (bound === undefined) throw new ParseError('a type of channel binding that is not to be had here', 0)
  return Buffer.concat([octets(gs2Header), bound])
}

interface Shown {
  readonly final: ClientFinal
  readonly nonce: string
  readonly binding: Uint8Array
  readonly authMessage: string
}

function verdict({ account, keys }: ScramCredentials, { final, nonce, binding, authMessage }: Shown): LoginOutcome {
  const proven = isProven(keys, authMessage, final.proof)
  // Another binding: the client's TLS ends at somebody in between, who hands its messages on.
  const isHere = final.nonce === nonce && Buffer.compare(final.binding, binding) === 0
  return proven && isHere && account !== undefined ? admitted(account) : { kind: 'wrong' }
}

function octets(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

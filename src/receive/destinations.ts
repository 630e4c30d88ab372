// Where a message goes whose recipients were taken: each mailbox and each address once, however many of the recipients lead there.

import type { Forwarder } from '#accounts/account.ts'
import { withoutSuccess } from '#queue/notify.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import type { MailboxPlace, TakenRecipient } from './recipient.ts'

export interface Destinations {
  readonly here: readonly Here[]
  readonly elsewhere: readonly Elsewhere[]
}

export interface Here extends MailboxPlace {
  /** As the envelope named it. */
  readonly address: string
  readonly parameters: RecipientParameters
}

export interface Elsewhere {
  readonly address: string
  readonly parameters: RecipientParameters
  /** Undefined: the envelope named the address itself, or it is a return. */
  readonly forwarder: Forwarder | undefined
}

export function destinationsOf(recipients: readonly TakenRecipient[]): Destinations {
  const here: Here[] = []
  const elsewhere = new Map<string, Elsewhere>()
  const seen = new Set<string>()
  // Those that the envelope itself names first: what they ask for of reports is theirs.
  const inOrder = recipients.toSorted((one, other) => waysOf(one) - waysOf(other))
  for (const { address, parameters, mailboxes, elsewhere: others } of inOrder) {
    const isOneOfMany = mailboxes.length + others.length > 1
    // RFC 3461 5.2.7.3: who asked to hear of the delivery hears of one, the first, for one address was written to.
    let asked = parameters
    for (const { accountId, detail } of mailboxes) {
      const key = `${accountId} ${detail ?? ''}`
      if (!isOneOfMany || !seen.has(key)) {
        here.push({ accountId, detail, address, parameters: asked })
        asked = withoutSuccess(parameters)
      }
      seen.add(key)
    }
    for (const { address: other, forwarder } of others) {
      const key = keyOf(other)
      if (elsewhere.has(key)) continue
      const own = forwarder === undefined ? asked : withOriginal(asked, address)
      elsewhere.set(key, { address: other, parameters: own, forwarder })
      asked = withoutSuccess(parameters)
    }
  }
  return { here, elsewhere: [...elsewhere.values()] }
}

/** Reports then name the address that the sender knows (RFC 3461 5.2.7). */
function withOriginal(parameters: RecipientParameters, address: string): RecipientParameters {
  if (parameters.originalRecipient !== undefined) return parameters
  return { ...parameters, originalRecipient: { type: /[^\0-\x7f]/.test(address) ? 'utf-8' : 'rfc822', address } }
}

/** What is judged to be junk goes on from no account: it stays with whoever would have sent it on. An alias has nowhere to keep it. */
export function keptHere({ here, elsewhere }: Destinations): Destinations {
  const kept = new Map<number, Here>()
  for (const { parameters, forwarder } of elsewhere) {
    const { account } = forwarder ?? {}
    if (account === undefined || here.some(({ accountId }) => accountId === account.accountId)) continue
    kept.set(account.accountId, {
      accountId: account.accountId,
      address: account.address,
      detail: undefined,
      parameters,
    })
  }
  return { here: [...here, ...kept.values()], elsewhere: [] }
}

/** Those who send the message on, each once. */
export function forwardersOf(elsewhere: readonly Pick<Elsewhere, 'forwarder'>[]): readonly Forwarder[] {
  const forwarders = new Map<string, Forwarder>()
  for (const { forwarder } of elsewhere) if (forwarder !== undefined) forwarders.set(forwarder.address, forwarder)
  return [...forwarders.values()]
}

/** `fields` of a copy that stays here, which has a Delivered-To of its own. */
export function withoutForwarders(fields: string): string {
  return fields.replace(/^(?:Delivered-To: [^\r\n]*\r\n)+/, '')
}

/** Whose mailbox the greylist asks for: of mail that only goes on, whoever sends it on. */
export function knownToOf(recipients: readonly TakenRecipient[]): readonly { accountId: number; address: string }[] {
  return recipients.flatMap(({ address, mailboxes, elsewhere }) => {
    const own = mailboxes.map(({ accountId }) => accountId)
    const accountIds = own.length > 0 ? own : elsewhere.map(({ forwarder }) => forwarder?.account?.accountId ?? 0)
    return [...new Set(accountIds)].map(accountId => ({ accountId, address }))
  })
}

function waysOf({ mailboxes, elsewhere }: TakenRecipient): number {
  const isForward = elsewhere.some(({ forwarder }) => forwarder !== undefined)
  return isForward || mailboxes.length + elsewhere.length > 1 ? 1 : 0
}

/** Local parts are compared as they are written, but for ASCII letters: nobody tells them apart by those. */
function keyOf(address: string): string {
  return address.toLowerCase()
}

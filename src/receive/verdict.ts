// The decisions on a peer and on a whole message, apart from how their facts came about: pure, each "no" with its name.

import type { Verified } from '#verify/facts.ts'
import type { PeerFacts } from '#verify/peer-checks.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { maxReceivedFields } from './limits.ts'
import type { ContentRule, ReceivePolicy } from './policy.ts'

/** What the message itself shows. */
export interface MessageFacts {
  readonly bareLineEnd: 'CR' | 'LF' | undefined
  readonly beginsBlank: boolean
  readonly receivedFields: number
  /** A recipient to whom it was delivered before. */
  readonly deliveredBefore: string | undefined
  /** Submission: an address in From that is not the login's. */
  readonly foreignFrom: { readonly address: string; readonly user: string } | undefined
  readonly refusedContent: ContentRule | undefined
}

/** Undefined: nothing against it. */
export function messageRefusal(facts: MessageFacts, hostname: string): Refusal | undefined {
  const { bareLineEnd, receivedFields, deliveredBefore, foreignFrom, refusedContent } = facts
  if (bareLineEnd !== undefined) return refuse('bare-line-end', { lineEnd: bareLineEnd })
  if (facts.beginsBlank) return refuse('begins-blank')
  if (receivedFields > maxReceivedFields) return refuse('loop', { count: receivedFields })
  if (deliveredBefore !== undefined) return refuse('delivered-to-loop', { address: deliveredBefore })
  if (foreignFrom !== undefined) return refuse('from-not-yours', { ...foreignFrom, hostname })
  return refusedContent === undefined ? undefined : refuse('content-refused', { hostname })
}

/** What DNS shows of the sender. Undefined where nobody was asked. */
export interface SenderFacts {
  /** The sender's address, when its domain takes no mail. */
  readonly nullMx: string | undefined
  readonly dmarc: Verified['dmarc'] | undefined
  /** DNS gave no answer to SPF or DKIM: what fails now may pass in a minute. */
  readonly mayPassLater: boolean
}

export type SenderVerdict = { readonly kind: 'inbox' } | { readonly kind: 'junk' } | Refusal

/** SPF that fails is no reason: every forwarder makes it fail. DMARC is, for it knows of the signature too. */
export function senderVerdict(
  { nullMx, dmarc, mayPassLater }: SenderFacts,
  policy: Pick<ReceivePolicy, 'dmarcReject'>,
): SenderVerdict {
  if (nullMx !== undefined) return refuse('sender-null-mx', { address: nullMx })
  if (dmarc?.result !== 'fail' || dmarc.policy === undefined || dmarc.policy === 'none') return { kind: 'inbox' }
  if (dmarc.policy === 'reject' && policy.dmarcReject === 'refuse')
    return refuse(mayPassLater ? 'dmarc-unsure' : 'dmarc-reject', { domain: dmarc.domain ?? '' })
  return { kind: 'junk' }
}

/** Undefined: the peer may name its recipient. */
export function peerRefusal(
  address: string,
  { reverse, listed }: PeerFacts,
  policy: Pick<ReceivePolicy, 'requireReverseName'>,
): Refusal | undefined {
  if (listed !== undefined) return refuse('listed', { address, zone: listed.zone, link: listed.link ?? listed.zone })
  const isNameless = reverse === 'none' || reverse === 'unconfirmed'
  return policy.requireReverseName && isNameless ? refuse('no-reverse-name', { address }) : undefined
}

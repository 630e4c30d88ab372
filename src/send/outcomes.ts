// What a peer's reply, or its silence, means for the recipients that waited for it (RFC 5321 4.2.1, 4.5.3.1.10).

import type { OutcomeClass, RefusedOutcome, RelayedOutcome } from '#mail/outcome.ts'
import { classify, type Stage } from '#mail/outcome-class.ts'
import { type PeerReply, replyLine, replyText } from '#wire/smtp/reply-receiver.ts'
import { sessionLimits } from './limits.ts'

export interface RefusalFacts {
  /** Who said it. */
  readonly host: string
  readonly stage: Stage
}

/** Of a reply that is no 2xx where one was due. What makes no sense there (3xx, 1xx) may make sense another day. */
export function refusedBy(reply: PeerReply, { host, stage }: RefusalFacts): RefusedOutcome {
  if (reply.code < 400) return { ...protocolFault(host, cut(replyLine(reply))), by: host }
  const judged = (said: PeerReply) =>
    classify({ code: said.code, enhanced: said.enhanced, text: replyText(said) }, { host, stage })
  // What is too large (RFC 1870 6.2) will be so tomorrow.
  const isForNow = reply.code === 552 && stage === 'recipient' && judged(reply).class !== 'too-large'
  const said = isForNow ? asTooMany(reply) : reply
  const { class: kind, status } = judged(said)
  return {
    kind: said.code >= 500 ? 'failed' : 'deferred',
    status,
    reply: cut(replyLine(reply)),
    class: kind,
    by: host,
    notBefore: undefined,
  }
}

/** RFC 5321 4.5.3.1.10: a 552 to RCPT was once what 452 is now. */
function asTooMany(reply: PeerReply): PeerReply {
  return { ...reply, code: 452, enhanced: reply.enhanced?.replace(/^5/, '4') }
}

export function relayed(reply: PeerReply, of: Pick<RelayedOutcome, 'peerReports' | 'isUntimed'>): RelayedOutcome {
  return { kind: 'delivered', reply: cut(replyLine(reply)), ...of }
}

/** Nobody said it but us, and it may pass. */
export function deferred(of: OutcomeClass, status: string, reply: string): RefusedOutcome {
  return { kind: 'deferred', status, reply, class: of, by: undefined, notBefore: undefined }
}

/** Nobody said it but us, and it stays so. */
export function failed(of: OutcomeClass, status: string, reply: string): RefusedOutcome {
  return { kind: 'failed', status, reply, class: of, by: undefined, notBefore: undefined }
}

/** RFC 3463 3.6: invalid command, the nearest there is to an answer that is none. */
export function protocolFault(host: string, words: string): RefusedOutcome {
  return deferred('protocol', '4.5.0', `${host} answered out of order: ${words}`)
}

function cut(line: string): string {
  const { replyCharacters } = sessionLimits
  return line.length > replyCharacters ? `${line.slice(0, replyCharacters - 3).toWellFormed()}...` : line
}

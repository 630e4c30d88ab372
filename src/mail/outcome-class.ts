// What kind of "no" a peer's reply is (RFC 5321 4.2, RFC 3463), by one table: outcome-rules.ts. Whether it is for now or for good its code alone
// says, never its class. Where no peer said anything (no connection, no TLS, no MX) the relay knows the class itself.

import { maxJudgedCharacters } from './limits.ts'
import { type MailProvider, mailProvider } from './mail-provider.ts'
import type { OutcomeClass } from './outcome.ts'
import { type Rule, rules } from './outcome-rules.ts'
import type { Stage } from './smtp-stage.ts'

export type { Stage }

export interface PeerReply {
  /** 400 to 599. */
  readonly code: number
  /** `5.1.1`; undefined: none. */
  readonly enhanced: string | undefined
  /** Without the codes; of several lines with a space or a line end between. */
  readonly text: string
}

export interface ReplyFacts {
  /** Name of the host that said it, from its MX; undefined: not known. */
  readonly host: string | undefined
  /** Undefined: not known, as of a report. */
  readonly stage: Stage | undefined
}

export interface Judgement {
  readonly class: OutcomeClass
  /** The peer's enhanced code, with the first digit of its code; made from the code if there was none. */
  readonly status: string
  /** Whose host it is, if it is one of the large ones. */
  readonly provider: MailProvider | undefined
}

export function classify(reply: PeerReply, facts: ReplyFacts): Judgement {
  const provider = facts.host === undefined ? undefined : mailProvider(facts.host)
  const status = statusOf(reply)
  const text = plain(reply.text)
  const rule = rules.find(one => fits(one, { code: reply.code, status, text, provider, stage: facts.stage }))
  return { class: rule?.class ?? 'unclear', status, provider }
}

/** Of a reply in one line, as reports and the queue keep it: `550 5.1.1 <x@y>: no such user`. `status`: what stands beside it. */
export function readReply(line: string, status?: string): PeerReply | undefined {
  const [, code, enhanced, text] = replyLine.exec(line) ?? []
  const stated = enhanced ?? status
  if (code !== undefined) return { code: Number(code), enhanced: stated, text: text ?? '' }
  if (stated === undefined) return undefined
  return { code: stated.startsWith('4') ? 450 : 550, enhanced: stated, text: line }
}

const replyLine = /^\s*([45]\d\d)(?:[ -]+#?([245]\.\d{1,3}\.\d{1,3}))?[ -]*([\s\S]*)$/

interface Asked {
  readonly code: number
  readonly status: string
  readonly text: string
  readonly provider: MailProvider | undefined
  readonly stage: Stage | undefined
}

function fits(rule: Rule, asked: Asked): boolean {
  if (rule.kind !== undefined && rule.kind !== Math.floor(asked.code / 100)) return false
  if (rule.code !== undefined && !rule.code.includes(asked.code)) return false
  if (rule.status !== undefined && !rule.status.test(asked.status.slice(2))) return false
  if (rule.provider !== undefined && rule.provider !== asked.provider) return false
  if (rule.stage !== undefined && (asked.stage === undefined || !rule.stage.includes(asked.stage))) return false
  return rule.text === undefined || rule.text.test(asked.text)
}

function statusOf({ code, enhanced, text }: PeerReply): string {
  const first = String(code).slice(0, 1)
  // qmail and those that follow it write it at the end: `(#5.1.1)`.
  const stated = enhanced ?? /#([45]\.\d{1,3}\.\d{1,3})\b/.exec(text.slice(0, maxJudgedCharacters))?.[1]
  return stated === undefined ? `${first}.0.0` : `${first}${stated.slice(1)}`
}

/** In one line and lower case, without what an address may say: `<spam@example.org>` is no word about the message. */
function plain(text: string): string {
  return text
    .slice(0, maxJudgedCharacters)
    .replace(/\s+/g, ' ')
    .replace(/(?:"[^"]*"|[^\s<>"'():;,=]+)@[^\s<>"'():;,?&]+/g, '@')
    .toLowerCase()
}

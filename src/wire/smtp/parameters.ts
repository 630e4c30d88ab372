// The ESMTP parameters of MAIL and RCPT: what each extension adds, read once for the whole server.

import { ParseError } from '#base/parse-error.ts'
import { decodeUtf8Address, decodeXtext } from '#text/xtext.ts'
import type { Parameter } from './command.ts'
import { readDateTime } from './date-time.ts'
import {
  authParameterCharacters,
  envelopeIdCharacters,
  originalRecipientCharacters,
  secondsDigits,
  sizeDigits,
} from './limits.ts'

export interface MailParameters {
  /** What the client says the message's size is (RFC 1870); 0 when it did not say. */
  readonly declaredBytes: number
  readonly body: '7BIT' | '8BITMIME' | 'BINARYMIME'
  readonly smtpUtf8: boolean
  readonly requireTls: boolean
  /** How much of the message a report brings back (RFC 3461 4.3). */
  readonly ret: 'FULL' | 'HDRS' | undefined
  /** ENVID (RFC 3461 4.4), decoded. */
  readonly envelopeId: string | undefined
  readonly hold: Hold | undefined
  readonly deliverBy: DeliverBy | undefined
  /** -9 to 9 (RFC 6710). */
  readonly priority: number | undefined
}

/** RFC 4865; `at` in ms since 1970. */
export type Hold = { readonly kind: 'for'; readonly seconds: number } | { readonly kind: 'until'; readonly at: number }

/** RFC 2852: from now on; 0 and less were missed on the way here, which only `notify` may ask for. */
export interface DeliverBy {
  readonly seconds: number
  readonly mode: 'return' | 'notify'
  readonly trace: boolean
}

/** When a report is wanted (RFC 3461 4.1). */
export type Notify = 'NEVER' | 'SUCCESS' | 'DELAY' | 'FAILURE'

export interface RecipientParameters {
  readonly notify: readonly Notify[] | undefined
  /** ORCPT (RFC 3461 4.2), its type as it was written (5.2.1: it goes on as it came), but `utf-8` in lower case; its address decoded. */
  readonly originalRecipient: { readonly type: string; readonly address: string } | undefined
}

export const noMailParameters: MailParameters = {
  declaredBytes: 0,
  body: '7BIT',
  smtpUtf8: false,
  requireTls: false,
  ret: undefined,
  envelopeId: undefined,
  hold: undefined,
  deliverBy: undefined,
  priority: undefined,
}

export const noRecipientParameters: RecipientParameters = { notify: undefined, originalRecipient: undefined }

/** The meaning, or the keyword of the first parameter that is not offered (555). */
export type Read<T> =
  | { readonly kind: 'read'; readonly parameters: T }
  | { readonly kind: 'unknown'; readonly keyword: string }

/**
 * `offered` are the keywords of EHLO that the listener has told: a parameter of another extension is unknown. AUTH= is always
 * understood, and dropped, for no one is trusted with it (RFC 4954 5). Throws ParseError on a value that makes no sense (501).
 */
export function readMailParameters(
  parameters: readonly Parameter[],
  offered: ReadonlySet<string>,
): Read<MailParameters> {
  if (parameters.length === 0) return bareMail
  const read = readAll(parameters, ofMail, offered)
  if (read.kind === 'unknown') return read
  // RFC 4865 4.2
  if (parameters.filter(({ keyword }) => keyword.startsWith('HOLD')).length > 1)
    throw new ParseError('HOLDFOR and HOLDUNTIL exclude each other', 0)
  return { kind: 'read', parameters: { ...noMailParameters, ...read.parameters } }
}

/** As `readMailParameters`. */
export function readRecipientParameters(
  parameters: readonly Parameter[],
  offered: ReadonlySet<string>,
): Read<RecipientParameters> {
  if (parameters.length === 0) return bareRecipient
  const read = readAll(parameters, ofRecipient, offered)
  if (read.kind === 'unknown') return read
  return { kind: 'read', parameters: { ...noRecipientParameters, ...read.parameters } }
}

const bareMail: Read<MailParameters> = { kind: 'read', parameters: noMailParameters }
const bareRecipient: Read<RecipientParameters> = { kind: 'read', parameters: noRecipientParameters }

interface Reader<T> {
  /** Keywords of EHLO, of which one must be offered; none: the parameter is always known. */
  readonly extensions: readonly string[]
  /** Its part of the whole; `value` is undefined where no `=` was. */
  readonly read: (value: string | undefined, offered: ReadonlySet<string>) => Partial<T>
}

function readAll<T>(
  parameters: readonly Parameter[],
  readers: Readonly<Record<string, Reader<T>>>,
  offered: ReadonlySet<string>,
): Read<Partial<T>> {
  const all: Partial<T> = {}
  for (const { keyword, value } of parameters) {
    const reader = Object.hasOwn(readers, keyword) ? readers[keyword] : undefined
    const known = reader?.extensions.length === 0 || reader?.extensions.some(name => offered.has(name))
    if (reader === undefined || !known) return { kind: 'unknown', keyword }
    Object.assign(all, reader.read(value, offered))
  }
  return { kind: 'read', parameters: all }
}

const ofMail: Readonly<Record<string, Reader<MailParameters>>> = {
  SIZE: { extensions: ['SIZE'], read: value => ({ declaredBytes: size(value) }) },
  BODY: { extensions: ['8BITMIME', 'BINARYMIME'], read: (value, offered) => ({ body: body(value, offered) }) },
  SMTPUTF8: { extensions: ['SMTPUTF8'], read: value => ({ smtpUtf8: bare(value, 'SMTPUTF8') }) },
  REQUIRETLS: { extensions: ['REQUIRETLS'], read: value => ({ requireTls: bare(value, 'REQUIRETLS') }) },
  RET: { extensions: ['DSN'], read: value => ({ ret: oneOf(value, ['FULL', 'HDRS'], 'RET is FULL or HDRS') }) },
  ENVID: { extensions: ['DSN'], read: value => ({ envelopeId: envelopeId(value) }) },
  HOLDFOR: { extensions: ['FUTURERELEASE'], read: value => ({ hold: { kind: 'for', seconds: holdSeconds(value) } }) },
  HOLDUNTIL: { extensions: ['FUTURERELEASE'], read: value => ({ hold: { kind: 'until', at: holdUntil(value) } }) },
  BY: { extensions: ['DELIVERBY'], read: value => ({ deliverBy: deliverBy(value) }) },
  'MT-PRIORITY': { extensions: ['MT-PRIORITY'], read: value => ({ priority: priority(value) }) },
  AUTH: { extensions: [], read: checkedAuth },
}

const ofRecipient: Readonly<Record<string, Reader<RecipientParameters>>> = {
  NOTIFY: { extensions: ['DSN'], read: value => ({ notify: notify(value) }) },
  ORCPT: { extensions: ['DSN'], read: value => ({ originalRecipient: originalRecipient(value) }) },
}

function size(value = ''): number {
  if (!/^\d+$/.test(value) || value.length > sizeDigits) throw new ParseError('SIZE needs a number of octets', 0)
  return Number(value)
}

function body(value: string | undefined, offered: ReadonlySet<string>): MailParameters['body'] {
  const bodies = ['7BIT', '8BITMIME', 'BINARYMIME'] as const
  const possible = bodies.filter(one => one === '7BIT' || offered.has(one))
  return oneOf(value, possible, `BODY is ${possible.join(' or ')}`)
}

function bare(value: string | undefined, keyword: string): true {
  if (value !== undefined) throw new ParseError(`${keyword} takes no value`, 0)
  return true
}

function oneOf<const T extends string>(value: string | undefined, all: readonly T[], otherwise: string): T {
  const found = all.find(one => one === value?.toUpperCase())
  if (found === undefined) throw new ParseError(otherwise, 0)
  return found
}

function envelopeId(value = ''): string {
  if (value === '' || value.length > envelopeIdCharacters)
    throw new ParseError(`ENVID has 1 to ${envelopeIdCharacters} characters`, 0)
  return printable(decodeXtext(value), 'ENVID')
}

/** RFC 3461 4.2, 4.4: it goes into a report as it is. */
function printable(text: string, keyword: string): string {
  if (/[^ -~]/.test(text)) throw new ParseError(`${keyword} is printable ASCII`, 0)
  return text
}

function holdSeconds(value = ''): number {
  if (!/^[1-9]\d*$/.test(value) || value.length > secondsDigits) throw new ParseError('HOLDFOR needs seconds', 0)
  return Number(value)
}

function holdUntil(value = ''): number {
  const at = readDateTime(value)
  if (at === undefined) throw new ParseError('HOLDUNTIL needs a time as in 2026-01-31T09:00:00Z', 0)
  return at
}

function deliverBy(value = ''): DeliverBy {
  const [, seconds = '', mode, trace] = /^([+-]?\d{1,9});([nr])(t?)$/i.exec(value) ?? []
  if (mode === undefined) throw new ParseError('BY needs seconds and a mode, as in 120;R', 0)
  return { seconds: Number(seconds) || 0, mode: mode.toUpperCase() === 'R' ? 'return' : 'notify', trace: trace !== '' }
}

function priority(value = ''): number {
  if (!/^(?:-?[1-9]|0)$/.test(value)) throw new ParseError('MT-PRIORITY is -9 to 9', 0)
  return Number(value)
}

function checkedAuth(value = ''): Partial<MailParameters> {
  if (value === '' || value.length > authParameterCharacters) throw new ParseError('AUTH needs an address or <>', 0)
  decodeXtext(value)
  return {}
}

function notify(value = ''): readonly Notify[] {
  const words = ['NEVER', 'SUCCESS', 'DELAY', 'FAILURE'] as const
  const wanted = new Set(
    value.split(',').map(word => oneOf(word, words, 'NOTIFY is NEVER or of SUCCESS, DELAY, FAILURE')),
  )
  if (wanted.has('NEVER') && wanted.size > 1) throw new ParseError('NOTIFY=NEVER stands alone', 0)
  return [...wanted]
}

function originalRecipient(value = ''): RecipientParameters['originalRecipient'] {
  const [, type, address = ''] = /^([A-Za-z0-9-]+);(.*)$/.exec(value) ?? []
  if (type === undefined || value.length > originalRecipientCharacters)
    throw new ParseError('ORCPT is a type and an address, as in rfc822;user@example.org', 0)
  // RFC 6533 3
  if (type.toLowerCase() === 'utf-8') return { type: 'utf-8', address: unicode(decodeUtf8Address(address)) }
  return { type, address: printable(decodeXtext(address), 'ORCPT') }
}

function unicode(address: string): string {
  if (/[\0-\x1f\x7f-\x9f]/.test(address)) throw new ParseError('ORCPT has a control character', 0)
  return address
}

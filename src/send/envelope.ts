// A message's envelope for one peer: what MAIL and RCPT say to it, whom it cannot be said to, and in which form the message goes. By what the
// peer offers alone: nothing is asked of it here. RFC 1870 6.3, 2852 4, 3461 5.2, 4954 5, 6152 3, 6531 3.2, 6710 5, 8689 4.2.1.

import { isAscii as isAsciiOctets } from 'node:buffer'
import { LongLines } from '#mail/long-lines.ts'
import type { RefusedOutcome } from '#mail/outcome.ts'
import type { Capabilities } from '#wire/smtp/capabilities.ts'
import { isAscii, type MailLine, pathAddress, printMail, printRcpt, type RcptLine } from '#wire/smtp/client-command.ts'
import { type DeliverBy, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { asItIs, type Content, octetsOf } from './content.ts'
import type { Mail, MailRecipient } from './mail.ts'
import { failed } from './outcomes.ts'
import { sevenBit } from './seven-bit.ts'

export interface EnvelopeFacts {
  readonly host: string
  readonly capabilities: Capabilities
  readonly isSecured: boolean
  /** The peer is who it should be. */
  readonly isVerified: boolean
  /** We have told the peer who we are. */
  readonly isLoggedIn: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface Envelope {
  readonly kind: 'envelope'
  /** The command, with CRLF. */
  readonly mail: string
  readonly content: Content
  /** Octets that are no lines: in chunks only, untouched. */
  readonly isBinary: boolean
  /** As of an outcome. */
  readonly isUntimed: boolean
  /** RCPT for a recipient, or why there is none. */
  rcpt(recipient: MailRecipient): string | RefusedOutcome
}

/** A refusal: for all recipients alike. Settles at once where the message need not be looked into. */
export function envelopeOf(mail: Mail, facts: EnvelopeFacts): Envelope | Promise<Envelope> | RefusedOutcome {
  const { capabilities } = facts
  const refusal = tooLarge(mail, facts) ?? withoutTls(mail, facts) ?? tooLate(mail, facts)
  if (refusal !== undefined) return refusal
  const usesUtf8 = capabilities.smtpUtf8 && needsUtf8(mail)
  if (!capabilities.smtpUtf8 && headerOrSenderIsUtf8(mail)) return notAscii(facts)
  const { body } = mail.parameters
  if (body === 'BINARYMIME') {
    if (capabilities.binaryMime) return new Plan(mail, facts, { form: 'binary', usesUtf8 })
    return converted(mail, facts)
  }
  // RFC 6531 3.1: who has SMTPUTF8 has 8BITMIME, whether it says so or not.
  if (capabilities.eightBitMime || usesUtf8) {
    const form = body === '7BIT' && isKnownAscii(mail) ? '7bit' : '8bit'
    return isKnownShort(mail) ? new Plan(mail, facts, { form, usesUtf8 }) : inLines(mail, facts, { form, usesUtf8 })
  }
  const mayStay = isKnownAscii(mail) && isKnownShort(mail)
  return mayStay ? new Plan(mail, facts, { form: '7bit', usesUtf8 }) : converted(mail, facts)
}

interface Form {
  readonly form: '7bit' | '8bit' | 'binary'
  readonly usesUtf8: boolean
  /** As it came, unless given. */
  readonly content?: Content
}

class Plan implements Envelope {
  readonly kind = 'envelope'
  readonly mail: string
  readonly content: Content
  readonly isBinary: boolean
  readonly isUntimed: boolean
  readonly #facts: EnvelopeFacts
  readonly #usesUtf8: boolean

  constructor(mail: Mail, facts: EnvelopeFacts, { form, usesUtf8, content = asItIs(mail) }: Form) {
    this.#facts = facts
    this.#usesUtf8 = usesUtf8
    this.content = content
    this.isBinary = form === 'binary'
    const isWatched = facts.capabilities.deliverBySeconds !== undefined
    this.isUntimed = mail.parameters.deliverBy?.mode === 'notify' && !isWatched
    this.mail = printMail(mailLine(mail, facts, { form, usesUtf8, content }))
  }

  rcpt({ address, parameters }: MailRecipient): string | RefusedOutcome {
    const path = pathAddress(address, this.#usesUtf8)
    if (path === undefined) return notAscii(this.#facts)
    const line: RcptLine = this.#facts.capabilities.dsn ? parameters : noRecipientParameters
    return printRcpt(path, line)
  }
}

function mailLine(mail: Mail, facts: EnvelopeFacts, { form, usesUtf8, content }: Required<Form>): MailLine {
  const { capabilities, now, isVerified, isLoggedIn } = facts
  const { parameters, returnPath } = mail
  return {
    sender: pathAddress(returnPath, usesUtf8) ?? returnPath,
    sizeBytes: capabilities.sizeBytes === undefined ? undefined : content.sizeBytes,
    body: bodyOf(form, capabilities),
    smtpUtf8: usesUtf8,
    // RFC 8689 2, 5: a report says it only to who is known to be the right one and keeps it.
    requireTls: parameters.requireTls && (returnPath !== '' || (isVerified && capabilities.requireTls)),
    auth: isLoggedIn,
    ret: capabilities.dsn ? parameters.ret : undefined,
    envelopeId: capabilities.dsn ? parameters.envelopeId : undefined,
    deliverBy: capabilities.deliverBySeconds === undefined ? undefined : timeLeft(mail, now),
    priority: capabilities.priority ? parameters.priority : undefined,
  }
}

function bodyOf(form: Form['form'], { eightBitMime }: Capabilities): MailLine['body'] {
  if (form === 'binary') return 'BINARYMIME'
  return form === '8bit' && eightBitMime ? '8BITMIME' : undefined
}

/** In 7 bits whatever it was: parts are encoded, and headers too. */
async function converted(mail: Mail, facts: EnvelopeFacts): Promise<Envelope> {
  const isConverted = mail.parameters.body === 'BINARYMIME' || !(await isAllAscii(mail))
  if (isConverted)
    return new Plan(mail, facts, { form: '7bit', usesUtf8: false, content: await sevenBit(mail, '7bit') })
  return await inLines(mail, facts, { form: '7bit', usesUtf8: false })
}

/** RFC 5321 4.5.3.1.6: nobody has to take longer lines, and some do not. */
async function inLines(mail: Mail, facts: EnvelopeFacts, form: Form): Promise<Envelope> {
  return new Plan(mail, facts, (await hasNoLines(mail)) ? { ...form, content: await sevenBit(mail, '8bit') } : form)
}

/** True: there is no line that is too long, and no NUL. False: there may be. */
function isKnownShort({ spooled: { head, sizeBytes } }: Mail): boolean {
  if (head.length < sizeBytes || hasNul(head)) return false
  const lines = new LongLines()
  lines.push(head)
  return !lines.found
}

async function hasNoLines({ spooled }: Mail): Promise<boolean> {
  const lines = new LongLines()
  for await (const octets of octetsOf(spooled, 0, spooled.sizeBytes)) {
    lines.push(octets)
    if (hasNul(octets)) return true
  }
  return lines.found
}

/** As a Buffer's, which is many times quicker than an array's. */
function hasNul({ buffer, byteOffset, length }: Uint8Array): boolean {
  return Buffer.from(buffer, byteOffset, length).includes(0)
}

/** True: there is no octet beyond ASCII. False: there may be. */
function isKnownAscii({ fields, spooled }: Mail): boolean {
  return spooled.head.length === spooled.sizeBytes && isAsciiOctets(spooled.head) && isAscii(fields)
}

async function isAllAscii({ fields, spooled }: Mail): Promise<boolean> {
  if (!isAscii(fields) || !isAsciiOctets(spooled.head)) return false
  for await (const octets of octetsOf(spooled, spooled.head.length, spooled.sizeBytes))
    if (!isAsciiOctets(octets)) return false
  return true
}

/** Whether to say SMTPUTF8: not where nothing asks for it, for the hosts behind this one may not have it (RFC 6531 3.6). */
function needsUtf8(mail: Mail): boolean {
  if (pathAddress(mail.returnPath, false) === undefined) return true
  if (mail.recipients.some(({ address }) => pathAddress(address, false) === undefined)) return true
  return mail.parameters.smtpUtf8 && !isKnownAscii(mail)
}

/** What no form of the message could do without SMTPUTF8. */
function headerOrSenderIsUtf8({ returnPath, parameters, fields, spooled }: Mail): boolean {
  if (pathAddress(returnPath, false) === undefined) return true
  if (!parameters.smtpUtf8) return false
  const end = Buffer.from(spooled.head.buffer, spooled.head.byteOffset, spooled.head.length).indexOf('\r\n\r\n')
  return !isAscii(fields) || !isAsciiOctets(end < 0 ? spooled.head : spooled.head.subarray(0, end))
}

function notAscii({ host }: EnvelopeFacts): RefusedOutcome {
  const words = `${host} takes no addresses and headers with letters outside ASCII (it does not offer SMTPUTF8)`
  return failed('protocol', '5.6.7', words)
}

function tooLarge({ fields, spooled }: Mail, { host, capabilities }: EnvelopeFacts): RefusedOutcome | undefined {
  const { sizeBytes: most = 0 } = capabilities
  if (most === 0) return undefined
  const sizeBytes = Buffer.byteLength(fields) + spooled.sizeBytes
  if (sizeBytes <= most) return undefined
  return failed('too-large', '5.3.4', `${host} takes messages of up to ${most} octets, and this one has ${sizeBytes}`)
}

/** RFC 8689 5: a report is not lost for that. */
function withoutTls(mail: Mail, { host, capabilities, isSecured }: EnvelopeFacts): RefusedOutcome | undefined {
  const { parameters, returnPath } = mail
  if (!parameters.requireTls || returnPath === '' || (isSecured && capabilities.requireTls)) return undefined
  return failed('tls', '5.7.30', `the sender asks for TLS all the way (REQUIRETLS), which ${host} does not promise`)
}

/** A message that is to come back when it is late goes only to who keeps that promise. */
function tooLate(mail: Mail, { host, capabilities, now }: EnvelopeFacts): RefusedOutcome | undefined {
  const left = timeLeft(mail, now)
  if (left?.mode !== 'return') return undefined
  const { deliverBySeconds: least } = capabilities
  if (least === undefined) {
    const words = `the message is to come back if it is late (BY), and ${host} does not promise that`
    return failed('protocol', '5.3.3', words)
  }
  if (left.seconds > 0 && left.seconds >= least) return undefined
  return failed(
    'protocol',
    '5.4.7',
    `the time that the sender gave for delivery (BY) is over, or too short for ${host}`,
  )
}

function timeLeft({ parameters, arrivedAt }: Mail, now: number): DeliverBy | undefined {
  const { deliverBy } = parameters
  if (deliverBy === undefined) return undefined
  return { ...deliverBy, seconds: deliverBy.seconds - Math.ceil(Math.max(0, now - arrivedAt) / 1000) }
}

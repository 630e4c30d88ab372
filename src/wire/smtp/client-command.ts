// A client's commands as they are printed (RFC 5321 4.1.1): MAIL and RCPT with the parameters of the extensions, BDAT. Whether the server
// offers an extension is the caller's to know. Each line ends with CRLF.

import { toAsciiDomain } from '#text/idna.ts'
import { encodeUtf8Address, encodeXtext } from '#text/xtext.ts'
import type { DeliverBy, MailParameters, RecipientParameters } from './parameters.ts'

/** What MAIL says; undefined and false: not a word of it. */
export interface MailLine {
  /** As `pathAddress` gave it; '' for the null path. */
  readonly sender: string
  readonly sizeBytes: number | undefined
  readonly body: MailParameters['body'] | undefined
  readonly smtpUtf8: boolean
  readonly requireTls: boolean
  readonly ret: MailParameters['ret']
  readonly envelopeId: string | undefined
  readonly deliverBy: DeliverBy | undefined
  readonly priority: number | undefined
  /** `AUTH=<>`: who wrote it we do not vouch for (RFC 4954 5); where we have logged in. */
  readonly auth: boolean
}

/** What DSN adds to RCPT (RFC 3461 4); `none` where the server has no DSN. */
export type RcptLine = Pick<RecipientParameters, 'notify' | 'originalRecipient'>

export function printMail(line: MailLine): string {
  const { sender, sizeBytes, body, smtpUtf8, requireTls, ret, envelopeId, deliverBy, priority, auth } = line
  let text = `MAIL FROM:<${checked(sender)}>`
  if (sizeBytes !== undefined) text += ` SIZE=${sizeBytes}`
  if (body !== undefined) text += ` BODY=${body}`
  if (smtpUtf8) text += ' SMTPUTF8'
  if (requireTls) text += ' REQUIRETLS'
  if (ret !== undefined) text += ` RET=${ret}`
  if (envelopeId !== undefined) text += ` ENVID=${encodeXtext(envelopeId)}`
  if (deliverBy !== undefined) text += ` BY=${printDeliverBy(deliverBy)}`
  if (priority !== undefined) text += ` MT-PRIORITY=${priority}`
  if (auth) text += ' AUTH=<>'
  return `${text}\r\n`
}

export function printRcpt(address: string, { notify, originalRecipient }: RcptLine): string {
  let text = `RCPT TO:<${checked(address)}>`
  if (notify !== undefined) text += ` NOTIFY=${notify.join(',')}`
  if (originalRecipient !== undefined) {
    const { type, address: original } = originalRecipient
    text += ` ORCPT=${type};${type === 'utf-8' ? encodeUtf8Address(original) : encodeXtext(original)}`
  }
  return `${text}\r\n`
}

export function printBdat(sizeBytes: number, isLast: boolean): string {
  return isLast ? `BDAT ${sizeBytes} LAST\r\n` : `BDAT ${sizeBytes}\r\n`
}

/** The address as a path may have it; undefined: this takes SMTPUTF8. Without it a domain beyond ASCII still has its ASCII form (RFC 5891). */
export function pathAddress(address: string, isUtf8Allowed: boolean): string | undefined {
  if (isUtf8Allowed || isAscii(address)) return address
  const at = address.lastIndexOf('@')
  const domain = toAsciiDomain(address.slice(at + 1))
  return isAscii(address.slice(0, at)) && domain !== undefined ? address.slice(0, at + 1) + domain : undefined
}

export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

/** A line end in an address would begin a command of somebody else's choice. */
function checked(address: string): string {
  if (/[\0-\x1f\x7f]/.test(address)) throw new Error('a control character in an address of the envelope')
  return address
}

/** RFC 2852 4: what is missed already is negative. */
function printDeliverBy({ seconds, mode, trace }: DeliverBy): string {
  return `${seconds};${mode === 'return' ? 'R' : 'N'}${trace ? 'T' : ''}`
}

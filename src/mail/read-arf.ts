// Complaints that came back to us (RFC 5965, 6430, 6591): what a recipient's provider tells of a message that we sent. What it says is its writer's
// word, as with delivery reports.

import { firstValue, type Header } from './header.ts'
import { maxAddressCharacters, maxReturnedRecipients, maxShownFieldCharacters } from './limits.ts'
import { decodedPart, fieldGroups, partOfType, returnedHeader, unicode } from './report-parts.ts'
import { parseStructure } from './structure.ts'

export interface Complaint {
  /** Lower case: `abuse`, `fraud`, `virus`, `not-spam`, `auth-failure`, `other`, or one of its own. */
  readonly feedbackType: string
  /** MAIL FROM of the message; undefined: not told. */
  readonly originalSender: string | undefined
  /** Who complains; often left out, to keep it secret. */
  readonly originalRecipients: readonly string[]
  readonly userAgent: string | undefined
  /** Of the message; undefined: it came back without. */
  readonly original: Header | undefined
}

/** Undefined: the message is no complaint. */
export function readArf(message: Uint8Array): Complaint | undefined {
  const whole = parseStructure(message)
  const part = partOfType(whole, ['message/feedback-report'])
  if (part === undefined) return undefined
  // One group; an empty line among its fields is a mistake that some make.
  const groups = fieldGroups(decodedPart(message, part), 2)
  const values = (name: string) => groups.flatMap(group => group.get(name) ?? [])
  const original = returnedHeader(message, whole)
  const told = values('original-rcpt-to').map(bare).filter(isAddress)
  return {
    feedbackType: (values('feedback-type')[0] ?? 'other').slice(0, maxShownFieldCharacters).toLowerCase(),
    originalSender: [values('original-mail-from')[0], returnPathOf(original)]
      .flatMap(value => value ?? [])
      .map(bare)
      .find(isAddress),
    originalRecipients: [...new Set(told.length > 0 ? told : toldByHotmail(original))].slice(0, maxReturnedRecipients),
    userAgent: values('user-agent')[0]?.slice(0, maxShownFieldCharacters),
    original,
  }
}

/** Microsoft's JMRP tells the recipient in the header of what it returns. */
function toldByHotmail(original: Header | undefined): readonly string[] {
  const value = original && firstValue(original, 'x-hmxmroriginalrecipient')
  return value === undefined ? [] : [bare(unicode(value))].filter(isAddress)
}

function returnPathOf(original: Header | undefined): string | undefined {
  const value = original && firstValue(original, 'return-path')
  return value && unicode(value)
}

function bare(value: string): string {
  return value
    .replace(/^\s*rfc822\s*;/i, '')
    .trim()
    .replace(/^<(.*)>$/, '$1')
}

/** Of no more than an address can have, for the pattern takes the square of it. */
function isAddress(text: string): boolean {
  if (text.length > maxAddressCharacters) return false
  return /^[^\s<>]+@[^\s<>]+$/.test(text)
}

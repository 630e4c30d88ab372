// Delivery reports that came back to us, read leniently (RFC 3464, 6533; qmail's own form in read-qsbmf.ts; Exim's X-Failed-Recipients). What they
// say is their writer's word: who acts on it makes sure first that the message was sent to that recipient at all.

import { decodeUtf8Address } from '#text/xtext.ts'
import { firstValue, readHeader } from './header.ts'
import { maxAddressCharacters, maxDiagnosticCharacters, maxReturnedRecipients } from './limits.ts'
import type { Part } from './part.ts'
import { readQsbmf } from './read-qsbmf.ts'
import { decodedPart, type FieldGroup, fieldGroups, partOfType, returnedHeader } from './report-parts.ts'
import { type ReturnedDsn, type ReturnedRecipient, returnedActions } from './returned-dsn.ts'
import { parseStructure } from './structure.ts'

/** Undefined: the message is no delivery report. */
export function readDsn(message: Uint8Array): ReturnedDsn | undefined {
  const whole = parseStructure(message)
  const part = partOfType(whole, ['message/delivery-status', 'message/global-delivery-status'])
  return part === undefined ? readOtherForms(message, whole) : readStatus(message, whole, part)
}

function readStatus(message: Uint8Array, whole: Part, part: Part): ReturnedDsn {
  const groups = fieldGroups(decodedPart(message, part), maxReturnedRecipients + 1)
  const isOfRecipient = (group: FieldGroup) =>
    group.has('final-recipient') || group.has('original-recipient') || group.has('action')
  // Some leave the fields of the message out, or put no empty line behind them.
  const first = groups[0] ?? new Map<string, readonly string[]>()
  return {
    reportingMta: typed(first.get('reporting-mta')?.[0])?.value,
    envelopeId: first.get('original-envelope-id')?.[0],
    recipients: groups.filter(isOfRecipient).map(readRecipient),
    original: returnedHeader(message, whole),
  }
}

function readRecipient(group: FieldGroup): ReturnedRecipient {
  const status = group.get('status')?.[0]
  const action = /^[a-z]+/.exec(group.get('action')?.[0]?.toLowerCase() ?? '')?.[0]
  return {
    address: addressOf(group.get('final-recipient')?.[0]),
    originalAddress: addressOf(group.get('original-recipient')?.[0]),
    action: returnedActions.find(one => one === action),
    status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(status ?? '')?.[0],
    diagnostic: typed(group.get('diagnostic-code')?.[0])?.value.slice(0, maxDiagnosticCharacters),
    // Not by a pattern that begins anew at each of many spaces.
    remoteMta: typed(group.get('remote-mta')?.[0])?.value.split(/\s/, 1)[0],
  }
}

/** `rfc822; bob@example.org`: a type and what is said in it. Some leave the type out. */
function typed(value: string | undefined): { readonly type: string; readonly value: string } | undefined {
  if (value === undefined) return undefined
  const [, type, rest] = /^\s*([A-Za-z0-9-]+)\s*;\s*(.*)$/s.exec(value) ?? []
  return { type: type?.toLowerCase() ?? '', value: (rest ?? value).trim() }
}

function addressOf(value: string | undefined): string | undefined {
  const read = typed(value)
  if (read === undefined) return undefined
  const address = read.value.replace(/^<(.*)>$/, '$1').trim()
  if (!address.includes('@') || address.length > maxAddressCharacters) return undefined
  return read.type === 'utf-8' ? fromUnitext(address) : address
}

/** RFC 6533 3. */
function fromUnitext(address: string): string {
  if (!/\\x\{/.test(address)) return address
  try {
    return decodeUtf8Address(Buffer.from(address, 'utf8').toString('latin1'))
  } catch {
    return address // as it stands: it will be nobody's
  }
}

function readOtherForms(message: Uint8Array, whole: Part): ReturnedDsn | undefined {
  const qsbmf = readQsbmf(message, whole)
  if (qsbmf !== undefined) return qsbmf
  const failed = firstValue(readHeader(message), 'x-failed-recipients')
  if (failed === undefined) return undefined
  const addresses = failed.split(',').slice(0, maxReturnedRecipients)
  const recipients = addresses.flatMap(text => {
    const address = addressOf(text)
    if (address === undefined) return []
    const unknown = { originalAddress: undefined, status: undefined, diagnostic: undefined, remoteMta: undefined }
    return [{ address, action: 'failed' as const, ...unknown }]
  })
  return { reportingMta: undefined, envelopeId: undefined, recipients, original: returnedHeader(message, whole) }
}

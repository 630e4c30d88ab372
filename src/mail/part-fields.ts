// What a part's header says of its content (RFC 2045, 2183, 2557, 1864, 3282), for IMAP's BODYSTRUCTURE.

import { Cursor } from '#text/cursor.ts'
import { trimSpace } from '#text/trim.ts'
import { skipComments, takeQuoted } from './comment.ts'
import { joinContinuations } from './continuations.ts'
import { fieldsNamed, firstValue, type Header } from './header.ts'
import { takeParameters, takeToken } from './parameters.ts'
import type { Parameter, PartFields } from './part.ts'

type MediaType = Pick<PartFields, 'type' | 'subtype' | 'parameters'>

// RFC 2045 5.2, and for the same reason what a malformed Content-Type means.
const plainText: MediaType = { type: 'text', subtype: 'plain', parameters: [{ name: 'charset', value: 'us-ascii' }] }
const message: MediaType = { type: 'message', subtype: 'rfc822', parameters: [] }

/** `inDigest`: a part of multipart/digest, where no Content-Type means message/rfc822 (RFC 2046 5.1.5). */
export function readPartFields(header: Header, inDigest: boolean): PartFields {
  const contentType = firstValue(header, 'content-type')
  const absent = inDigest ? message : plainText
  return {
    ...(contentType === undefined ? absent : (parseMediaType(contentType) ?? plainText)),
    id: filled(firstValue(header, 'content-id')),
    description: filled(firstValue(header, 'content-description')),
    md5: filled(firstValue(header, 'content-md5')),
    location: filled(firstValue(header, 'content-location')),
    encoding: readEncoding(firstValue(header, 'content-transfer-encoding')),
    disposition: readDisposition(firstValue(header, 'content-disposition')),
    languages: readLanguages(header),
  }
}

/** A Content-Type's value; undefined if it has no type and subtype. */
export function parseMediaType(value: string): MediaType | undefined {
  const cursor = new Cursor(value)
  const type = takeToken(cursor).toLowerCase()
  if (type === '' || !cursor.take('/')) return undefined
  const subtype = takeToken(cursor).toLowerCase()
  if (subtype === '') return undefined
  return { type, subtype, parameters: joinContinuations(takeParameters(cursor)) }
}

function readEncoding(value: string | undefined): string {
  const cursor = new Cursor(value ?? '')
  skipComments(cursor)
  const encoding = cursor.peek === '"' ? trimSpace(takeQuoted(cursor)) : takeToken(cursor)
  return encoding.toLowerCase() || '7bit'
}

function readDisposition(
  value: string | undefined,
): { readonly type: string; readonly parameters: readonly Parameter[] } | undefined {
  if (value === undefined) return undefined
  const cursor = new Cursor(value)
  const type = takeToken(cursor).toLowerCase()
  return type === '' ? undefined : { type, parameters: joinContinuations(takeParameters(cursor)) }
}

function readLanguages(header: Header): readonly string[] {
  const languages: string[] = []
  for (const field of fieldsNamed(header, 'content-language')) {
    for (const item of field.value.split(',')) {
      const language = takeToken(new Cursor(trimSpace(item)))
      if (language !== '') languages.push(language)
    }
  }
  return languages
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

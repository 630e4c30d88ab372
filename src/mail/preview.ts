// The first words of a message, for lists of messages (RFC 8970): of its first text part, without what is quoted in it.

import { decodeCharset } from '#text/charset.ts'
import { htmlCharset, htmlText } from './html-text.ts'
import { maxPreviewCharacters, previewedPartBytes, previewedPlainBytes } from './limits.ts'
import { parameterValue } from './parameters.ts'
import type { Part } from './part.ts'
import { decodedBody } from './search-text.ts'

const isEncrypted = /^(?:multipart\/encrypted|application\/(?:x-)?pkcs7-mime|application\/pgp-encrypted)$/

/** The part that a preview is made from; undefined if there is none: no text, or encrypted. */
export function previewedPart(part: Part): Part | undefined {
  const { type, subtype, disposition } = part.fields
  if (isEncrypted.test(`${type}/${subtype}`) || disposition?.type === 'attachment') return undefined
  if (type === 'text') return subtype === 'plain' || subtype === 'html' || subtype === 'enriched' ? part : undefined
  // A forwarded message's text is not this one's.
  if (type !== 'multipart') return undefined
  for (const child of part.children) {
    const found = previewedPart(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** Up to 200 characters in one line, '' if there is nothing to read. `body` is the beginning of the part's body, still encoded. */
export function previewOf(part: Part, body: Uint8Array): string {
  const isHtml = part.fields.subtype === 'html'
  const start = body.subarray(0, isHtml ? previewedPartBytes : previewedPlainBytes)
  const bytes = decodedBody(start, { ...part, bodyStart: 0, bodyEnd: start.length }) ?? start
  const charset = parameterValue(part.fields.parameters, 'charset')
  const text = isHtml
    ? htmlText(decodeCharset(bytes, charset ?? htmlCharset(bytes)))
    : withoutQuotes(plainText(part, decodeCharset(bytes, charset)))
  if (text.startsWith('-----BEGIN PGP MESSAGE-----')) return ''
  const beginning = text.trimStart().slice(0, previewedPlainBytes)
  return shortened(beginning.replace(invisible, '').replace(spaces, ' ').trim())
}

/** Of text/enriched (RFC 1896) without its commands; `<<` is a `<`. */
function plainText({ fields }: Part, text: string): string {
  if (fields.subtype !== 'enriched') return text
  const shown = text.replace(/<param>[^<]*<\/param>/gi, '')
  return shown.replace(/<<|<\/?[a-z0-9-]{1,60}>/gi, found => (found === '<<' ? '<' : ''))
}

const spaces = /[\s\x00-\x1f\x7f-\x9f]+/g
// What senders of advertisements fill the rest of a preview with, and hyphens that are none.
const invisible = /[\u00ad\u200b\u200c\u2060\ufeff]|\u034f/g

/** Lines of the writer's own, up to a signature; all lines if none are. */
function withoutQuotes(text: string): string {
  const lines = text.split(/\r?\n/)
  const signature = lines.indexOf('-- ')
  const own = (signature < 0 ? lines : lines.slice(0, signature)).filter(line => !line.startsWith('>'))
  return own.some(line => line.trim() !== '') ? own.join('\n') : text
}

/** At most 200 characters, no half of one, cut behind a word if one ends in the last fifth. */
function shortened(text: string): string {
  const characters = Array.from(text.slice(0, maxPreviewCharacters * 2 + 2))
  if (characters.length <= maxPreviewCharacters) return characters.join('').toWellFormed()
  const cut = characters.slice(0, maxPreviewCharacters)
  const space = cut.lastIndexOf(' ')
  return (space > (maxPreviewCharacters * 4) / 5 ? cut.slice(0, space) : cut).join('').toWellFormed()
}

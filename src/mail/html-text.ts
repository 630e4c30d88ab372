// The text of an HTML page, for searching only: never shown, so nothing here needs to be safe to show. Linear in the page.

import { latin1 } from '#text/bytes.ts'
import { htmlSniffedBytes } from './limits.ts'

/** What a reader of the page sees, roughly: tags, comments, scripts and styles gone, the usual entities decoded. */
export function htmlText(html: string): string {
  let text = ''
  let at = 0
  while (at < html.length) {
    const tag = html.indexOf('<', at)
    if (tag < 0) break
    text += html.slice(at, tag)
    if (!/[a-z/!?]/i.test(html.charAt(tag + 1))) {
      text += '<'
      at = tag + 1
      continue
    }
    text += separatorFor(html, tag)
    at = tagEnd(html, tag)
  }
  return decodeEntities(text + html.slice(at))
}

/** The charset that the page's own meta element names. */
export function htmlCharset(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes, 0, Math.min(bytes.length, htmlSniffedBytes))
  return /<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})/i.exec(head)?.[1]
}

// A word may change its style within ("<b>P</b>osthouse"); all other tags end it.
function separatorFor(html: string, tag: number): string {
  return /^<\/?(?:b|i|u|s|a|em|strong|span|font|sup|sub|small|big|wbr|mark)\b/i.test(html.slice(tag, tag + 8))
    ? ''
    : ' '
}

/** After the tag at `tag`, with all of a comment, script or style. */
function tagEnd(html: string, tag: number): number {
  if (html.startsWith('<!--', tag)) return after(html, '-->', tag + 4)
  const end = after(html, '>', tag)
  const raw = /^<(script|style|title)\b/i.exec(html.slice(tag, tag + 8))?.[1]?.toLowerCase()
  if (raw !== 'script' && raw !== 'style') return end
  const close = new RegExp(`</${raw}\\b`, 'gi')
  close.lastIndex = end
  const closed = close.exec(html)
  return closed === null ? html.length : after(html, '>', closed.index)
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at < 0 ? html.length : at + mark.length
}

const named: { readonly [name: string]: string } = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  szlig: 'ß',
  aelig: 'æ',
  AElig: 'Æ',
  oslash: 'ø',
  Oslash: 'Ø',
}

// The accented Latin letters' entities are the letter and its accent's name.
const accents: { readonly [name: string]: string } = {
  uml: '\u0308',
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  tilde: '\u0303',
  cedil: '\u0327',
  ring: '\u030a',
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return namedEntity(name) ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : ' '
  })
}

function namedEntity(name: string): string | undefined {
  if (Object.hasOwn(named, name)) return named[name]
  const accent = name.slice(1)
  return Object.hasOwn(accents, accent) ? (name.charAt(0) + accents[accent]).normalize('NFC') : undefined
}

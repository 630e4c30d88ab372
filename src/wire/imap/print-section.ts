// How a FETCH response names what it answers: BODY[1.HEADER.FIELDS (FROM)]<0>, RFC822.TEXT (RFC 3501 7.4.2), BINARY[1] (RFC 3516 4).

import type { FetchItem, Partial, Section } from './command.ts'
import { atomCharacters } from './grammar.ts'
import { printString } from './print.ts'

/** The name of the answer to `item`; with `<start>` if a part of it was asked for. */
export function printSectionName(item: Extract<FetchItem, { readonly kind: 'section' }>): string {
  if (item.answerAs !== 'BODY') return item.answerAs
  return `BODY[${printSection(item.section)}]${printOrigin(item.partial)}`
}

/** BINARY[1.2]<0>, BINARY.SIZE[1.2] (RFC 3516 4). */
export function printBinaryName(item: Extract<FetchItem, { readonly kind: 'binary' | 'binary.size' }>): string {
  const part = item.part.join('.')
  return item.kind === 'binary.size' ? `BINARY.SIZE[${part}]` : `BINARY[${part}]${printOrigin(item.partial)}`
}

function printOrigin(partial: Partial | undefined): string {
  return partial === undefined ? '' : `<${partial.start}>`
}

function printSection({ part, text }: Section): string {
  const word = printSectionText(text)
  return [...part, ...(word === '' ? [] : [word])].join('.')
}

function printSectionText(text: Section['text']): string {
  if (text.kind === 'all') return ''
  if (text.kind !== 'header-fields') return text.kind.toUpperCase()
  return `HEADER.FIELDS${text.not ? '.NOT' : ''} (${text.names.map(printFieldName).join(' ')})`
}

/** As an atom if it is one: so most clients write it, and some compare. */
function printFieldName(name: string): string {
  for (let at = 0; at < name.length; at += 1) if (atomCharacters[name.charCodeAt(at)] !== 1) return printString(name)
  return name === '' ? '""' : name
}

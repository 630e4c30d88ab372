// How a FETCH response names what it answers: BODY[1.HEADER.FIELDS (FROM)]<0>, RFC822.TEXT (RFC 3501 7.4.2).

import type { FetchItem, Section } from './command.ts'
import { atomCharacters } from './grammar.ts'
import { printString } from './print.ts'

/** The name of the answer to `item`; with `<start>` if a part of it was asked for. */
export function printSectionName(item: Extract<FetchItem, { readonly kind: 'section' }>): string {
  if (item.answerAs !== 'BODY') return item.answerAs
  const partial = item.partial === undefined ? '' : `<${item.partial.start}>`
  return `BODY[${printSection(item.section)}]${partial}`
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

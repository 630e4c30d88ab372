// Makes docs/protocols.md from rfc.txt and from the table of IMAP capabilities: `npm run rfc` writes it; the test beside this fails when the page is older than they are.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capabilityLines } from './imap-capabilities.ts'

export interface Rfc {
  readonly number: number
  readonly state: 'yes' | 'partial' | 'no'
  readonly title: string
}

const root = join(import.meta.dirname, '..')
const words = { yes: '**yes**', partial: 'in part', no: 'not yet' } as const

/** The lines of rfc.txt. Throws an Error that names the line when one is not `number TAB state TAB title` or out of order. */
export function parseRfcList(text: string): Rfc[] {
  const list: Rfc[] = []
  text.split('\n').forEach((line, index) => {
    if (line === '' || line.startsWith('#')) return
    const match = /^(\d+)\t(yes|partial|no)\t(\S.*)$/.exec(line)
    if (match === null) throw new Error(`rfc.txt:${index + 1}: wanted "number TAB yes|partial|no TAB title"`)
    const rfc: Rfc = { number: Number(match[1]), state: match[2] as Rfc['state'], title: match[3] ?? '' } // the pattern names the three states
    if (rfc.number <= (list.at(-1)?.number ?? 0))
      throw new Error(`rfc.txt:${index + 1}: RFC ${rfc.number} stands out of order`)
    list.push(rfc)
  })
  return list
}

/** The page, whole. */
export function protocolsPage(list: readonly Rfc[]): string {
  const rows = list.map(
    ({ number, state, title }) =>
      `| [${number}](https://www.rfc-editor.org/rfc/rfc${number}) | ${words[state]} | ${title} |`,
  )
  return [
    '# Protocols',
    '',
    'Made from [`rfc.txt`](../rfc.txt) by `npm run rfc`. "Yes" means all of it that concerns a server, with tests.',
    '',
    '| RFC | here | title |',
    '|--:|---|---|',
    ...rows,
    '',
    ...capabilityLines(),
  ].join('\n')
}

if (import.meta.main) {
  writeFileSync(
    join(root, 'docs/protocols.md'),
    protocolsPage(parseRfcList(readFileSync(join(root, 'rfc.txt'), 'utf8'))),
  )
}

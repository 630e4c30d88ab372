// Makes docs/help/*.md from the table of refusals: `npm run help` writes them; the test beside this fails when a page is older than its table.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { menders, type RefusalRow } from '#wire/smtp/refusals/row.ts'
import { inGeneral, linkOf, type RefusalName, refusals } from '#wire/smtp/refusals.ts'
import { basicCodeInWords, enhancedCodeInWords } from '#wire/smtp/status-words.ts'

/** A page's path under the project's root, and its text. */
export type Page = readonly [path: string, text: string]

export const helpFolder = 'docs/help'

export function helpPages(): readonly Page[] {
  const codes = [...new Set(names.map(name => refusals[name].enhanced))].sort(byNumbers)
  return [[`${helpFolder}/README.md`, indexPage()], ...codes.map((code): Page => [pathOf(code), codePage(code)])]
}

// Object.keys gives string[]; these are the table's own keys.
const names = Object.keys(refusals) as RefusalName[]

const madeFrom = 'Made from [`src/wire/smtp/refusals.ts`](../../src/wire/smtp/refusals.ts) by `npm run help`.'

function pathOf(enhanced: string): string {
  return `${helpFolder}/${enhanced}.md`
}

/** One enhanced code with every reason that has it. */
function codePage(enhanced: string): string {
  const reasons = names.filter(name => refusals[name].enhanced === enhanced)
  const words = enhancedCodeInWords(enhanced)
  return page([
    `# ${enhanced}: ${words?.detail ?? 'a code of this server'}`,
    madeFrom,
    `It is about ${words?.subject}. The ${enhanced[0]} at its beginning says: ${words?.class}.`,
    ...(reasons.length === 1
      ? []
      : ['The words of the reply tell which of these it is:', reasons.map(name => listed(name)).join('\n')]),
    ...reasons.flatMap(reason),
    '[All replies](README.md)',
  ])
}

function listed(name: RefusalName, path = ''): string {
  return `- [${name}](${path}#${name}): ${escaped(inGeneral(refusals[name].what))}`
}

function reason(name: RefusalName): readonly string[] {
  const { code, enhanced, what, who, mend, why, sections } = refusals[name]
  return [
    `## ${name}`,
    ['```text', ...inLines(`${code} ${enhanced} ${inGeneral(what)} ${inGeneral(mend)}`), '```'].join('\n'),
    `**What happened.** ${escaped(inGeneral(what))}`,
    `**Who can mend it.** ${menders[who]}`,
    `**How.** ${escaped(inGeneral(mend))}`,
    ...(why === undefined ? [] : [why]),
    `Written in ${sections.map(section => `[${section}](${linkOf(section)})`).join(', ')}.`,
  ]
}

/** The replies that people look up most, in their words. */
const lookedUp: readonly (readonly [said: string, fits: (row: RefusalRow) => boolean])[] = [
  ['550 mailbox unavailable', ({ code, enhanced }) => code === 550 && /^5\.[12]\./.test(enhanced)],
  ['5.7.1 relay denied, not authorized', ({ enhanced }) => enhanced === '5.7.1'],
  ['552 storage exceeded', ({ code }) => code === 552],
  ['451 local policy, greylisting, local error', ({ code }) => code === 451],
  ['554 transaction failed', ({ code }) => code === 554],
]

function indexPage(): string {
  const codes = [...new Set(names.map(name => refusals[name].code))].sort((a, b) => a - b)
  return page([
    '# What the replies mean',
    madeFrom,
    [
      'Every time Posthouse does not take a mail it says why, in a reply of three parts: a number (550), a finer one (5.7.1), and',
      'words. What begins with 4 is for now, and the sending server tries again by itself; what begins with 5 is final.',
      '`posthouse explain "the reply"` says the same in the terminal, from a whole bounce or line of the log too.',
    ].join('\n'),
    '## Looked up most',
    ...lookedUp.flatMap(([said, fits]) => [`### ${said}`, linesOf(names.filter(name => fits(refusals[name])))]),
    '## All, by number',
    ...codes.flatMap(code => [
      `### ${code}: ${basicCodeInWords(code)}`,
      linesOf(names.filter(name => refusals[name].code === code)),
    ]),
  ])
}

function linesOf(reasons: readonly RefusalName[]): string {
  const inOrder = [...reasons].sort((a, b) => byNumbers(refusals[a].enhanced, refusals[b].enhanced))
  return inOrder
    .map(name => {
      const { enhanced, what } = refusals[name]
      return `- [${enhanced} ${name}](${enhanced}.md#${name}): ${escaped(inGeneral(what))}`
    })
    .join('\n')
}

function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Markdown takes angle brackets for HTML. */
function escaped(text: string): string {
  return text.replaceAll('<', '\\<')
}

/** As a reply is read, in lines that fit a page. */
function inLines(text: string): readonly string[] {
  return text.match(/.{1,96}(?: |$)/g)?.map(line => line.trimEnd()) ?? []
}

function page(paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const pages = helpPages()
  mkdirSync(join(root, helpFolder), { recursive: true })
  for (const file of readdirSync(join(root, helpFolder)))
    if (!pages.some(([path]) => path === `${helpFolder}/${file}`)) rmSync(join(root, helpFolder, file))
  for (const [path, text] of pages) writeFileSync(join(root, path), text)
}

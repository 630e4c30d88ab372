// posthouse explain

import { classify, readReply } from '#mail/outcome-class.ts'
import { wordsOf } from '#mail/outcome-words.ts'
import { menders } from '#wire/smtp/refusals/row.ts'
import { inGeneral, linkOf, type RefusalName, refusals } from '#wire/smtp/refusals.ts'
import { basicCodeInWords, enhancedCodeInWords } from '#wire/smtp/status-words.ts'
import type { Call, Command } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { limits } from './limits.ts'
import { type Recognised, recognise } from './recognise.ts'
import { columns, wrapped } from './table.ts'

export const command: Command = {
  name: 'explain',
  summary: 'what a reply of a mail server means, who can mend it, and how',
  positionals: ['[TEXT ...]'],
  options: {},
  needsNoInstallation: true,
  details: [
    'TEXT is a code (550, 5.7.1), the name of a refusal from the log (relay-denied), or a whole reply, bounce or line of a log.',
    'Without TEXT it is read from stdin. Replies of this server are told apart by their words; of others the codes are explained.',
  ].join('\n'),
  examples: [
    'posthouse explain 5.7.1',
    'posthouse explain "550 5.7.1 <x@example.org>: relaying denied: this address is not ours"',
    'posthouse explain < bounce.eml',
  ],
  async run(call) {
    const recognised = recognise(await givenText(call))
    if (recognised === undefined)
      throw new CommandError(
        exitCode.usage,
        'there is no reply code in this that a mail server gives',
        'posthouse explain 5.7.1, or the whole reply in quotes',
      )
    if (call.options.flag('json')) for (const one of asObjects(recognised)) call.terminal.out(JSON.stringify(one))
    else for (const line of asLines(recognised)) call.terminal.out(line)
    return exitCode.ok
  },
}

async function givenText({ positionals, terminal }: Call): Promise<string> {
  if (positionals.length > 0) return positionals.join(' ')
  if (!terminal.interactive) return await terminal.readText()
  throw new CommandError(exitCode.usage, 'what is to be explained?', 'posthouse explain --help')
}

/** The one that was meant first, then the others under the same codes, those with the same reply code before. */
function reasonsOf({ code, enhanced, name }: Recognised): readonly RefusalName[] {
  // Object.keys gives string[]; these are the table's own keys.
  const all = Object.keys(refusals) as RefusalName[]
  const fitting = all.filter(one => {
    const row = refusals[one]
    return enhanced === undefined ? row.code === code : row.enhanced === enhanced
  })
  const rank = (one: RefusalName) => (one === name ? 0 : refusals[one].code === code ? 1 : 2)
  return fitting.sort((a, b) => rank(a) - rank(b))
}

function asLines(recognised: Recognised): readonly string[] {
  const { name } = recognised
  const reasons = reasonsOf(recognised)
  const others = name === undefined ? reasons : reasons.slice(1)
  return [
    ...(name === undefined ? inGeneralLines(recognised) : wholeReason(name)),
    ...(name === undefined ? judgedLines(recognised) : []),
    ...(others.length === 0 ? [] : othersLines(recognised, others)),
  ]
}

/** Of another server's reply our reasons are no more than a guess: their names are enough. */
function othersLines(
  { code, enhanced, name, hasWords }: Recognised,
  others: readonly RefusalName[],
): readonly string[] {
  const codes = enhanced ?? String(code)
  if (name !== undefined) return ['', `Posthouse says ${codes} for other reasons too:`, ...others.flatMap(shortReason)]
  if (!hasWords) return ['', `From Posthouse ${codes} has one of these reasons:`, ...others.flatMap(shortReason)]
  return [
    '',
    `Where Posthouse says ${codes}, it is one of these; posthouse explain NAME tells more:`,
    ...wrapped(others.join(', '), limits.lineWidth, '  '),
  ]
}

function wholeReason(name: RefusalName): readonly string[] {
  const { code, enhanced, what, who, mend, why, sections } = refusals[name]
  const rows: readonly (readonly [head: string, text: string])[] = [
    ['What happened', inGeneral(what)],
    ['Who can mend it', menders[who]],
    ['How', inGeneral(mend)],
    ...(why === undefined ? [] : ([['More', why]] as const)),
  ]
  return [
    `${code} ${enhanced}: ${name}`,
    ...rows.flatMap(([head, text]) => ['', head, ...wrapped(text, limits.lineWidth, '  ')]),
    '',
    'Written in',
    ...columns(sections.map(section => [`  ${section}`, linkOf(section)])),
  ]
}

function shortReason(name: RefusalName): readonly string[] {
  const { code, enhanced, what, mend } = refusals[name]
  return [
    '',
    `  ${name} (${code} ${enhanced})`,
    ...wrapped(`${inGeneral(what)} ${inGeneral(mend)}`, limits.lineWidth, '    '),
  ]
}

/** The codes alone, as every server means them. */
function inGeneralLines(recognised: Recognised): readonly string[] {
  const { code, enhanced } = recognised
  const { basic, words } = meaningOf({ code, enhanced })
  const rows = [
    ...(basic === undefined ? [] : [[String(code), basic]]),
    ...(words === undefined || enhanced === undefined
      ? []
      : [
          [enhanced, words.detail ?? 'no registered code: one of the server that said it'],
          [`${enhanced.split('.')[0]}.x.x`, words.class],
          [`x.${enhanced.split('.')[1]}.x`, `it is about ${words.subject}`],
        ]),
  ]
  return [...columns(rows), ...whoseLines(recognised)]
}

/** Whether another server said it. */
function whoseLines(recognised: Recognised): readonly string[] {
  const { code, enhanced, hasWords } = recognised
  if (enhanced === undefined ? (code ?? 0) < 400 : enhanced.startsWith('2')) return []
  if (reasonsOf(recognised).length === 0)
    return [
      '',
      'Posthouse refuses nothing with that. It is the reply of another server, whose words tell more; or it stands in the',
      'report of a message that did not get there, which tells who can mend it.',
    ]
  return hasWords ? ['', 'The words are not those of Posthouse: another server said it, and they tell more.'] : []
}

/** What it says of a message that was sent from here, as its report would. */
function judgedLines({ code, hasWords, text }: Recognised): readonly string[] {
  if (code === undefined || code < 400 || !hasWords) return []
  const read = readReply(text.slice(Math.max(0, text.search(new RegExp(`\\b${code}[ -]`)))))
  if (read === undefined) return []
  const { class: kind, status } = classify(read, { host: undefined, stage: undefined })
  if (kind === 'unclear') return []
  const { happened, mender } = wordsOf({ class: kind, status, reply: `${read.code} ${read.text}` })
  const said = `${kind}: ${happened} Who can mend it: ${mender}`.replaceAll('{host}', 'this server')
  return ['', 'If it was said to a message that was sent from here:', ...wrapped(said, limits.lineWidth, '  ')]
}

function meaningOf({ code, enhanced }: Pick<Recognised, 'code' | 'enhanced'>) {
  return {
    basic: code === undefined ? undefined : basicCodeInWords(code),
    words: enhanced === undefined ? undefined : enhancedCodeInWords(enhanced),
  }
}

function asObjects(recognised: Recognised): readonly object[] {
  const { code, enhanced, name } = recognised
  const { basic, words } = meaningOf(recognised)
  return [
    {
      kind: 'code',
      code: code ?? null,
      enhanced: enhanced ?? null,
      basic: basic ?? null,
      class: words?.class ?? null,
      subject: words?.subject ?? null,
      detail: words?.detail ?? null,
    },
    ...reasonsOf(recognised).map(one => {
      const { what, mend, sections, why, ...row } = refusals[one]
      const texts = { what: inGeneral(what), mend: inGeneral(mend), why: why ?? null }
      return { kind: 'reason', name: one, meant: one === name, ...row, ...texts, links: sections.map(linkOf) }
    }),
  ]
}

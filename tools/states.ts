// Makes docs/states/*.md from the state tables of src/wire and src/queue: `npm run states` writes them; the test beside this fails when a page is older than its table.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageBytes } from '#imap/limits.ts'
import { isEnd, type Event as QueueEvent, type State as QueueState, moves as queueMoves } from '#queue/states.ts'
import { capabilities } from '#wire/imap/capabilities.ts'
import { type CommandName, commandRules, type State as ImapState } from '#wire/imap/state.ts'
import { type State as Pop3State, steps } from '#wire/pop3/state.ts'
import { mechanismNames } from '#wire/sasl/mechanism.ts'
import { type RefusalName, refusals } from '#wire/smtp/refusals.ts'
import { flagsOf, moveOf, type State as SmtpState, type Step as SmtpStep } from '#wire/smtp/state.ts'

/** One way a command may end, and where that leads. */
export interface Outcome {
  readonly when: string
  readonly to: string
}

/** A session as data, whatever its protocol. */
export interface Machine {
  /** The first is where a session begins. */
  readonly states: readonly string[]
  readonly commands: readonly string[]
  /** Where the session is over: shown in the diagram, not in the table. */
  readonly end?: string
  /** What a command does in a state: its outcomes, or the refusal in words. */
  cell(state: string, command: string): readonly Outcome[] | string
}

/** A page's path under the project's root, and its text. */
export type Page = readonly [path: string, text: string]

export function statePages(): readonly Page[] {
  return [
    ['docs/states/smtp.md', smtpPage()],
    ['docs/states/imap.md', imapPage()],
    ['docs/states/pop3.md', pop3Page()],
    ['docs/states/queue.md', queuePage()],
  ]
}

/** The ways from one state to another as a mermaid diagram. What stays where it is, is left out. */
export function diagram(machine: Machine): readonly string[] {
  const { states, commands, end } = machine
  const labels = new Map<string, string[]>()
  for (const from of states) {
    for (const command of commands) {
      const cell = machine.cell(from, command)
      if (typeof cell === 'string') continue
      for (const { to, label } of waysOut(from, command, cell)) {
        const way = `${idOf(from)} --> ${to === end ? '[*]' : idOf(to)}`
        labels.set(way, [...(labels.get(way) ?? []), label])
      }
    }
  }
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...states.filter(state => idOf(state) !== state).map(state => `  state "${state}" as ${idOf(state)}`),
    `  [*] --> ${idOf(states[0] ?? '')}`,
    ...[...labels].map(([way, all]) => `  ${way}: ${all.join(', ')}`),
    '```',
  ]
}

/** Each command's row: what it does in each state. */
export function table(machine: Machine): readonly string[] {
  const { states, commands } = machine
  return tableLines(
    ['command', ...states],
    commands.map(command => [`\`${command}\``, ...states.map(state => cellText(state, machine.cell(state, command)))]),
  )
}

function waysOut(from: string, command: string, outcomes: readonly Outcome[]) {
  const leaving = outcomes.filter(({ to }) => to !== from)
  if (leaveTogether(outcomes)) return leaving.slice(0, 1).map(({ to }) => ({ to, label: command }))
  return leaving.map(({ when, to }) => ({ to, label: `${command} ${when}` }))
}

function cellText(state: string, cell: readonly Outcome[] | string): string {
  if (typeof cell === 'string') return cell
  const place = (to: string) => (to === state ? 'stays' : `→ ${to}`)
  if (leaveTogether(cell)) return place(cell[0]?.to ?? state)
  return cell.map(({ when, to }) => `${when}: ${place(to)}`).join('<br>')
}

/** Whether it makes no difference how the command ends. */
function leaveTogether(outcomes: readonly Outcome[]): boolean {
  return new Set(outcomes.map(({ to }) => to)).size < 2
}

/** Mermaid's names are one word. */
function idOf(state: string): string {
  return state.replaceAll('-', '_')
}

function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
}

interface Chapter {
  readonly title: string
  readonly source: string
  readonly lines: readonly string[]
}

function page({ title, source, lines }: Chapter): string {
  return [`# ${title}`, '', `Made from [\`${source}\`](../../${source}) by \`npm run states\`.`, '', ...lines, ''].join(
    '\n',
  )
}

const queueStates: Readonly<Record<QueueState, string>> = {
  scheduled: 'waits for the time that its sender chose; a crash leaves it as it is',
  ready: 'is due now, and waits for a courier; a crash leaves it as it is',
  active:
    'is in hand, under a lease: in memory, or with a courier. The next start voids all leases of the process before: it is `ready` then, and what a peer had taken without our having written it down goes there once more',
  deferred: 'a try was refused for now; waits for the next one. A crash leaves it as it is',
  held: 'waits until an operator releases it; a crash leaves it as it is',
  delivered:
    'is in its mailbox, or with its peer, and the sender wants to hear of it; a crash leaves the report to be written',
  failed:
    'was refused for good, or returned by an operator, and the sender wants to hear of it; a crash leaves the report to be written',
  expired:
    'was refused for now until time was up, and the sender wants to hear of it; a crash leaves the report to be written',
}

const queueEvents: readonly QueueEvent[] = [
  'lease',
  'end of lease',
  'delivery',
  'refusal for now',
  'refusal for good',
  'end of tries',
  'retry',
  'hold',
  'release',
  'bounce',
  'report',
]

const queue: Machine = {
  states: Object.keys(queueStates),
  commands: queueEvents,
  end: 'gone',
  cell(state, event) {
    // As in `smtp`.
    const to = queueMoves[state as QueueState][event as QueueEvent]
    if (to === undefined) return '–'
    if (!isEnd(to)) return [{ when: '', to }]
    return [
      { when: 'to be reported', to },
      { when: 'not to be reported', to: 'gone' },
    ]
  },
}

function queuePage(): string {
  return page({
    title: 'The queue: the states of one recipient',
    source: 'src/queue/states.ts',
    lines: [
      ...meanings(queueStates),
      '',
      'A message is one row with its bytes (a blob that the store keeps for it), and a row for each recipient; with the last',
      'recipient it is `gone`, and its bytes are let go. The recipients that have a mailbox here and need not wait never are',
      'rows: the copy in the mailbox and the rows of all others are one transaction, before the 250.',
      '',
      'Into a mailbox here, the copy and the end of the row are one transaction, and so are a report and the end of the rows it',
      'tells of, whether it comes into a mailbox or goes into this queue: after a crash each has happened, once, or not at all.',
      "To another host the end of the row is written down after the peer's 250, together with others; a crash between the two",
      'is the one way in which a message goes out twice.',
      '',
      'An `active` recipient that is put on hold comes back first: `refusal for now` leads to `held` then. `posthouse queue drop`',
      'leads from every state to `gone` (cancelled: nobody is told); what is with a courier at that moment may arrive all the',
      'same.',
      '',
      ...diagram(queue),
      '',
      ...table(queue),
    ],
  })
}

/** A list of states and what each means; its type sees to it that none is forgotten. */
function meanings(states: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(states).map(([state, meaning]) => `- \`${state}\`: ${meaning}`)
}

const smtpStates: Readonly<Record<SmtpState, string>> = {
  connected: 'nothing was said yet, or TLS has just begun',
  greeted: 'HELO, EHLO or LHLO was taken; there is no transaction',
  sender: 'MAIL was taken, no RCPT yet',
  'no-recipient': 'every RCPT so far was refused',
  recipients: 'at least one RCPT was taken',
  chunks: 'a BDAT was taken, more are to come',
  'chunks-refused': 'a BDAT was refused, and with it the message; the chunks behind it were on their way already',
}

// Object.keys forgets the type of the keys; both objects have exactly these.
const smtpSteps = Object.keys(flagsOf) as SmtpStep[]

const smtp: Machine = {
  states: Object.keys(smtpStates),
  commands: smtpSteps,
  cell(state, command) {
    // `diagram` and `table` ask for the states and commands above alone.
    const move = moveOf(state as SmtpState, command as SmtpStep)
    if (typeof move === 'string') return `${refusals[move].code} \`${move}\``
    return [
      { when: 'taken', to: move.taken },
      { when: 'refused', to: move.refused },
    ]
  },
}

function smtpPage(): string {
  return page({
    title: 'SMTP: the states of a session',
    source: 'src/wire/smtp/state.ts',
    lines: [
      ...meanings(smtpStates),
      '',
      'TLS, the login and XCLIENT are no states: they restart the table, STARTTLS and XCLIENT at `connected`, AUTH at `greeted`,',
      'and change what EHLO offers. QUIT ends the session from every state. `unknown` is every word that is no command. The octets',
      'of a BDAT are read whether it is taken or not.',
      '',
      ...diagram(smtp),
      '',
      '## What each command does',
      '',
      '"Taken" is a positive reply (2xx, 3xx). A code is the refusal that the command gets there, before its file is asked.',
      '',
      ...table(smtp),
      '',
      '## The refusals of the table',
      '',
      ...tableLines(
        ['refusal', 'reply'],
        refusalsOfTable().map(name => [
          `\`${name}\``,
          `${refusals[name].code} ${refusals[name].enhanced} ${refusals[name].what}. ${refusals[name].mend}.`,
        ]),
      ),
      '',
      '## Who is offered what',
      '',
      `What is not offered to a listener is refused there: ${codeOf('no-auth-here')}, ${codeOf('use-ehlo')}, ${codeOf('use-lhlo')}; XCLIENT`,
      `and XFORWARD from a peer that is not trusted with it: ${codeOf('xclient-denied')}. What needs a login is refused`,
      `before it: ${refusals['log-in-first'].code} \`log-in-first\`, in the clear ${refusals['tls-before-mail'].code} \`tls-before-mail\`.`,
      '',
      ...tableLines(
        ['command', 'offered to', 'on submission only after AUTH'],
        smtpSteps.map(step => [
          `\`${step}\``,
          offeredTo[flagsOf[step].offeredTo],
          flagsOf[step].needsLogin ? 'yes' : '',
        ]),
      ),
    ],
  })
}

const offeredTo: Readonly<Record<(typeof flagsOf)[SmtpStep]['offeredTo'], string>> = {
  all: 'all',
  submission: 'submission only',
  smtp: 'MX and submission',
  lmtp: 'LMTP only',
}

function codeOf(name: RefusalName): string {
  return `${refusals[name].code} \`${name}\``
}

/** In the order in which the table has them. */
function refusalsOfTable(): readonly RefusalName[] {
  const found = new Set<RefusalName>()
  for (const state of Object.keys(smtpStates) as SmtpState[]) {
    // as above: the keys are the states
    for (const step of smtpSteps) {
      const move = moveOf(state, step)
      if (typeof move === 'string') found.add(move)
    }
  }
  return [...found]
}

const imapStates: Readonly<Record<Exclude<ImapState, 'logout'>, string>> = {
  'not-authenticated': 'nobody has logged in',
  authenticated: 'an account, no mailbox',
  selected: 'a mailbox is open',
}

const imap: Machine = {
  states: Object.keys(imapStates),
  commands: Object.keys(commandRules),
  end: 'logout',
  cell(state, command) {
    const { allowedIn, next, nextAfterNo } = commandRules[command as CommandName] // asked for its own keys alone
    if (!allowedIn.some(allowed => allowed === state)) return 'BAD'
    return [
      { when: 'OK', to: next ?? state },
      { when: 'NO', to: nextAfterNo ?? state },
    ]
  },
}

function imapPage(): string {
  return page({
    title: 'IMAP: the states of a session',
    source: 'src/wire/imap/state.ts',
    lines: [
      ...meanings(imapStates),
      '',
      'After LOGOUT the session is over. TLS is no state: it changes which capabilities are told (below).',
      '',
      ...diagram(imap),
      '',
      '## What each command does',
      '',
      'BAD: the command is not possible in this state. A command that is answered BAD changes nothing.',
      '',
      ...table(imap),
      '',
      '## How commands meet each other',
      '',
      '- Numbers: its arguments are sequence numbers, so nothing may be renumbered before it (RFC 3501 5.5).',
      '- Holds EXPUNGE: no EXPUNGE is sent with its answer (RFC 3501 7.4.1).',
      '- Last: nothing may stand behind it in what was sent with it, for TLS follows.',
      '',
      'A command that is not in this table is none of the three.',
      '',
      ...tableLines(['command', 'numbers', 'holds EXPUNGE', 'last'], flaggedCommands()),
      '',
      '## Capabilities by state',
      '',
      'Made from [`src/wire/imap/capabilities.ts`](../../src/wire/imap/capabilities.ts). Each is told only where it works. A',
      'login needs TLS, so who is logged in is under TLS. STARTTLS is told as long as a handshake is possible.',
      '',
      ...capabilityTable(),
    ],
  })
}

function flaggedCommands(): readonly (readonly string[])[] {
  const mark = (flag: boolean) => (flag ? 'yes' : '')
  return Object.entries(commandRules)
    .filter(([, rule]) => rule.usesSequenceNumbers || rule.holdsExpunges || rule.endsPipeline)
    .map(([name, rule]) => [
      `\`${name}\``,
      mark(rule.usesSequenceNumbers),
      mark(rule.holdsExpunges),
      mark(rule.endsPipeline),
    ])
}

function capabilityTable(): readonly string[] {
  const appendLimit = messageBytes
  const inTheClear = { canStartTls: true, canLogIn: false, mechanisms: mechanismNames, appendLimit }
  const underTls = { canStartTls: false, canLogIn: true, mechanisms: mechanismNames, appendLimit }
  const columns: readonly (readonly [head: string, told: readonly string[]])[] = [
    ['not-authenticated, in the clear', capabilities('not-authenticated', inTheClear)],
    ['not-authenticated, under TLS', capabilities('not-authenticated', underTls)],
    ['authenticated', capabilities('authenticated', underTls)],
    ['selected', capabilities('selected', underTls)],
  ]
  const names = [...new Set(columns.flatMap(([, told]) => told))]
  return tableLines(
    ['capability', ...columns.map(([head]) => head)],
    names.map(name => [`\`${name}\``, ...columns.map(([, told]) => (told.includes(name) ? 'yes' : ''))]),
  )
}

const pop3States: Readonly<Record<Exclude<Pop3State, 'closed'>, string>> = {
  authorization: 'nobody has logged in',
  named: 'USER was given',
  exchange: 'AUTH waits for a response: every line is one',
  transaction: 'logged in; the maildrop is locked for this session',
}

const pop3: Machine = {
  states: Object.keys(pop3States),
  commands: [...new Set(Object.values(steps).flatMap(commands => Object.keys(commands)))],
  end: 'closed',
  cell(state, command) {
    // asked for the states above and the table's own commands alone
    const step = steps[state as Pop3State][command as keyof (typeof steps)[Pop3State]]
    if (step === undefined) return '-ERR'
    const { done, refused, asked } = step
    return [
      { when: 'done', to: done },
      { when: 'refused', to: refused },
      ...(asked === undefined ? [] : [{ when: 'asked', to: asked }]),
    ]
  },
}

function pop3Page(): string {
  return page({
    title: 'POP3: the states of a session',
    source: 'src/wire/pop3/state.ts',
    lines: [
      ...meanings(pop3States),
      '',
      'UPDATE (RFC 1939 6) has no row: it is what QUIT does on the way from `transaction` to the end. In `exchange` every line',
      'is a `RESPONSE`, whatever it says.',
      '',
      ...diagram(pop3),
      '',
      '## What each command does',
      '',
      'Done: +OK. Refused: -ERR. Asked: a challenge, whose answer is the next line. A cell with -ERR: not possible there.',
      '',
      ...table(pop3),
    ],
  })
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  for (const [path, text] of statePages()) writeFileSync(join(root, path), text)
}

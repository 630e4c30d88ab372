// The IMAP capabilities by state, for docs/protocols.md: made from the table that the server tells them from.

import { type Conditions, capabilities, capabilityRules } from '#wire/imap/capabilities.ts'
import type { State } from '#wire/imap/state.ts'

/** Where each is defined. Those that a session may be told under several values stand here without theirs. */
const definedIn: Readonly<Record<string, readonly number[]>> = {
  ACL: [4314],
  APPENDLIMIT: [7889],
  'AUTH=': [9051],
  BINARY: [3516],
  CATENATE: [4469],
  CHILDREN: [3348],
  'COMPRESS=DEFLATE': [4978],
  CONDSTORE: [7162],
  'CONTEXT=SEARCH': [5267],
  'CONTEXT=SORT': [5267],
  'CREATE-SPECIAL-USE': [6154],
  ENABLE: [5161],
  ESEARCH: [4731],
  ESORT: [5267],
  'I18NLEVEL=1': [5255],
  ID: [2971],
  IDLE: [2177],
  IMAP4rev1: [3501],
  IMAP4rev2: [9051],
  INPROGRESS: [9585],
  JMAPACCESS: [9698],
  'LIST-EXTENDED': [5258],
  'LIST-METADATA': [9590],
  'LIST-MYRIGHTS': [8440],
  'LIST-STATUS': [5819],
  'LITERAL+': [7888],
  LOGINDISABLED: [9051],
  MESSAGELIMIT: [9738],
  METADATA: [5464],
  MOVE: [6851],
  MULTIAPPEND: [3502],
  MULTISEARCH: [7377],
  NAMESPACE: [2342],
  NOTIFY: [5465],
  OBJECTID: [8474],
  PARTIAL: [9394],
  PREVIEW: [8970],
  QRESYNC: [7162],
  QUOTA: [9208, 2087],
  'QUOTA=RES-MESSAGE': [9208],
  'QUOTA=RES-STORAGE': [9208],
  REPLACE: [8508],
  'RIGHTS=texk': [4314],
  'SASL-IR': [4959],
  SAVEDATE: [8514],
  SAVELIMIT: [9738],
  'SEARCH=FUZZY': [6203],
  SEARCHRES: [5182],
  SORT: [5256],
  'SORT=DISPLAY': [5957],
  'SPECIAL-USE': [6154],
  STARTTLS: [9051],
  'STATUS=SIZE': [8438],
  'THREAD=ORDEREDSUBJECT': [5256],
  'THREAD=REFERENCES': [5256],
  UIDBATCHES: [10022],
  UIDONLY: [9586],
  UIDPLUS: [4315],
  UNAUTHENTICATE: [8437],
  UNSELECT: [3691],
  'URL-PARTIAL': [5550],
  URLAUTH: [4467],
  'UTF8=ACCEPT': [6855],
  WITHIN: [5032],
}

interface Column {
  readonly head: string
  readonly told: ReadonlySet<string>
}

/** The chapter, line by line. Throws an Error for a capability whose RFC is not named above. */
export function capabilityLines(): readonly string[] {
  const columns: readonly Column[] = [
    { head: 'before login, in the clear', told: toldIn('not-authenticated', inTheClear) },
    { head: 'before login, under TLS', told: toldIn('not-authenticated', underTls) },
    { head: 'logged in', told: toldIn('authenticated', underTls) },
    { head: 'mailbox selected', told: toldIn('selected', underTls) },
  ]
  const names = [...capabilityRules.map(({ name }) => name), 'AUTH=']
  const rows = names
    .toSorted()
    .map(name => [
      `\`${name}${name === 'AUTH=' ? '…' : ''}\``,
      rfcs(name),
      ...columns.map(({ told }) => (told.has(name) ? 'yes' : '')),
    ])
  const head = ['capability', 'RFC', ...columns.map(column => column.head)]
  return [
    '## IMAP capabilities by state',
    '',
    'Made from [`src/wire/imap/capabilities.ts`](../src/wire/imap/capabilities.ts), which the server tells them from. An account can be set up to hide some of them.',
    '',
    ...[head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`),
    '',
  ]
}

/** All that a configuration can bring, though one server has one of these at most. */
const messageLimits = (['MESSAGELIMIT', 'SAVELIMIT'] as const).map(kind => ({ kind, messages: 1 }))
const common = { mechanisms: ['PLAIN'], appendLimit: 0 }
const inTheClear: Conditions = { ...common, canStartTls: true, canLogIn: false }
const underTls: Conditions = { ...common, canStartTls: false, canLogIn: true }

/** Names as the table has them, without values. */
function toldIn(state: State, conditions: Conditions): ReadonlySet<string> {
  const withoutValue = new Set(capabilityRules.filter(({ value }) => value !== undefined).map(({ name }) => name))
  return new Set(
    messageLimits
      .flatMap(messageLimit => capabilities(state, { ...conditions, messageLimit }))
      .map(told => {
        const name = told.slice(0, told.indexOf('='))
        return name === 'AUTH' ? 'AUTH=' : withoutValue.has(name) ? name : told
      }),
  )
}

function rfcs(name: string): string {
  const numbers = definedIn[name]
  if (numbers === undefined) throw new Error(`tools/imap-capabilities.ts: which RFC defines ${name}?`)
  return numbers.map(number => `[${number}](https://www.rfc-editor.org/rfc/rfc${number})`).join(', ')
}

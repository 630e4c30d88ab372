// The capabilities by state as a table: each is told only where it works now (RFC 3501 6.1.1, 7.2.1).

import type { State } from './state.ts'

/** How many messages one command may work on (RFC 9738): any command, or COPY and APPEND. */
export interface MessageLimit {
  readonly kind: 'MESSAGELIMIT' | 'SAVELIMIT'
  readonly messages: number
}

/** What they hang on besides the state. */
export interface Conditions {
  /** STARTTLS would work: there is a certificate, and no TLS yet. */
  readonly canStartTls: boolean
  /** LOGIN and AUTHENTICATE are accepted on this connection: it is under TLS or trusted. */
  readonly canLogIn: boolean
  /** SASL mechanisms in upper case, as in PLAIN. */
  readonly mechanisms: readonly string[]
  /** Octets of the largest message that APPEND takes. */
  readonly appendLimit: number
  readonly messageLimit?: MessageLimit | undefined
}

interface CapabilityRule {
  readonly name: string
  readonly toldIn: readonly State[]
  readonly when?: (conditions: Conditions) => boolean
  /** What stands behind `name=`. */
  readonly value?: (conditions: Conditions) => number
}

const any: readonly State[] = ['not-authenticated', 'authenticated', 'selected']
const strangers: readonly State[] = ['not-authenticated']
const users: readonly State[] = ['authenticated', 'selected']

export const capabilityRules: readonly CapabilityRule[] = [
  { name: 'IMAP4rev1', toldIn: any },
  { name: 'IMAP4rev2', toldIn: any },
  { name: 'LITERAL+', toldIn: any },
  { name: 'ID', toldIn: any },
  { name: 'STARTTLS', toldIn: strangers, when: ({ canStartTls }) => canStartTls },
  { name: 'LOGINDISABLED', toldIn: strangers, when: ({ canLogIn }) => !canLogIn },
  { name: 'SASL-IR', toldIn: strangers, when: ({ canLogIn }) => canLogIn },
  { name: 'ENABLE', toldIn: users },
  { name: 'IDLE', toldIn: users },
  { name: 'NAMESPACE', toldIn: users },
  { name: 'CHILDREN', toldIn: users },
  { name: 'LIST-EXTENDED', toldIn: users },
  { name: 'LIST-STATUS', toldIn: users },
  { name: 'LIST-METADATA', toldIn: users },
  { name: 'LIST-MYRIGHTS', toldIn: users },
  { name: 'METADATA', toldIn: users },
  { name: 'NOTIFY', toldIn: users },
  { name: 'QUOTA', toldIn: users },
  { name: 'QUOTA=RES-STORAGE', toldIn: users },
  { name: 'QUOTA=RES-MESSAGE', toldIn: users },
  { name: 'SPECIAL-USE', toldIn: users },
  { name: 'CREATE-SPECIAL-USE', toldIn: users },
  { name: 'UIDPLUS', toldIn: users },
  { name: 'UNSELECT', toldIn: users },
  { name: 'MOVE', toldIn: users },
  { name: 'MULTIAPPEND', toldIn: users },
  { name: 'CATENATE', toldIn: users },
  { name: 'URLAUTH', toldIn: users },
  { name: 'URL-PARTIAL', toldIn: users },
  { name: 'REPLACE', toldIn: users },
  { name: 'APPENDLIMIT', toldIn: users, value: ({ appendLimit }) => appendLimit },
  messageLimitRule('MESSAGELIMIT'),
  messageLimitRule('SAVELIMIT'),
  { name: 'ACL', toldIn: users },
  { name: 'RIGHTS=texk', toldIn: users },
  { name: 'COMPRESS=DEFLATE', toldIn: users },
  { name: 'UNAUTHENTICATE', toldIn: users },
  { name: 'UTF8=ACCEPT', toldIn: users },
  { name: 'CONDSTORE', toldIn: users },
  { name: 'QRESYNC', toldIn: users },
  { name: 'UIDONLY', toldIn: users },
  { name: 'STATUS=SIZE', toldIn: users },
  { name: 'INPROGRESS', toldIn: users },
  { name: 'OBJECTID', toldIn: users },
  { name: 'BINARY', toldIn: users },
  { name: 'PREVIEW', toldIn: users },
  { name: 'SAVEDATE', toldIn: users },
  { name: 'ESEARCH', toldIn: users },
  { name: 'SEARCHRES', toldIn: users },
  { name: 'WITHIN', toldIn: users },
  { name: 'SORT', toldIn: users },
  { name: 'SORT=DISPLAY', toldIn: users },
  { name: 'ESORT', toldIn: users },
  { name: 'THREAD=ORDEREDSUBJECT', toldIn: users },
  { name: 'THREAD=REFERENCES', toldIn: users },
  { name: 'CONTEXT=SEARCH', toldIn: users },
  { name: 'CONTEXT=SORT', toldIn: users },
  { name: 'PARTIAL', toldIn: users },
  { name: 'SEARCH=FUZZY', toldIn: users },
  { name: 'MULTISEARCH', toldIn: users },
  { name: 'I18NLEVEL=1', toldIn: users },
  { name: 'UIDBATCHES', toldIn: users },
]

/** Told where such a limit is set. */
function messageLimitRule(name: MessageLimit['kind']): CapabilityRule {
  return {
    name,
    toldIn: users,
    when: ({ messageLimit }) => messageLimit?.kind === name,
    value: ({ messageLimit }) => messageLimit?.messages ?? 0,
  }
}

/** The capabilities to tell, in the table's order, AUTH= last. */
export function capabilities(state: State, conditions: Conditions): readonly string[] {
  const told = capabilityRules.filter(({ toldIn, when }) => toldIn.includes(state) && (when?.(conditions) ?? true))
  const names = told.map(({ name, value }) => (value === undefined ? name : `${name}=${value(conditions)}`))
  if (state !== 'not-authenticated' || !conditions.canLogIn) return names
  return [...names, ...conditions.mechanisms.map(mechanism => `AUTH=${mechanism}`)]
}

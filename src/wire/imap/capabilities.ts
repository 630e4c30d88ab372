// The capabilities by state as a table: each is told only where it works now (RFC 3501 6.1.1, 7.2.1).

import type { State } from './state.ts'

/** What they hang on besides the state. */
export interface Conditions {
  /** STARTTLS would work: there is a certificate, and no TLS yet. */
  readonly canStartTls: boolean
  /** LOGIN and AUTHENTICATE are accepted on this connection: it is under TLS or trusted. */
  readonly canLogIn: boolean
  /** SASL mechanisms in upper case, as in PLAIN. */
  readonly mechanisms: readonly string[]
}

interface CapabilityRule {
  readonly name: string
  readonly toldIn: readonly State[]
  readonly when?: (conditions: Conditions) => boolean
}

const any: readonly State[] = ['not-authenticated', 'authenticated', 'selected']
const strangers: readonly State[] = ['not-authenticated']
const users: readonly State[] = ['authenticated', 'selected']

export const capabilityRules: readonly CapabilityRule[] = [
  { name: 'IMAP4rev1', toldIn: any },
  { name: 'LITERAL+', toldIn: any },
  { name: 'ID', toldIn: any },
  { name: 'STARTTLS', toldIn: strangers, when: ({ canStartTls }) => canStartTls },
  { name: 'LOGINDISABLED', toldIn: strangers, when: ({ canLogIn }) => !canLogIn },
  { name: 'SASL-IR', toldIn: strangers, when: ({ canLogIn }) => canLogIn },
  { name: 'ENABLE', toldIn: users },
  { name: 'IDLE', toldIn: users },
  { name: 'NAMESPACE', toldIn: users },
  { name: 'CHILDREN', toldIn: users },
  { name: 'SPECIAL-USE', toldIn: users },
  { name: 'CREATE-SPECIAL-USE', toldIn: users },
  { name: 'UIDPLUS', toldIn: users },
  { name: 'UNSELECT', toldIn: users },
  { name: 'MOVE', toldIn: users },
]

/** The capabilities to tell, in the table's order, AUTH= last. */
export function capabilities(state: State, conditions: Conditions): readonly string[] {
  const told = capabilityRules.filter(({ toldIn, when }) => toldIn.includes(state) && (when?.(conditions) ?? true))
  const names = told.map(({ name }) => name)
  if (state !== 'not-authenticated' || !conditions.canLogIn) return names
  return [...names, ...conditions.mechanisms.map(mechanism => `AUTH=${mechanism}`)]
}

// The CAPA command (RFC 2449): the one place that says what this server offers.

import { ok } from '#wire/pop3/print.ts'
import type { Reply } from './reply.ts'

export interface Standing {
  readonly underTls: boolean
  /** Of SASL, to offer now. */
  readonly mechanisms: readonly string[]
  readonly canStartTls: boolean
  readonly loggedIn: boolean
}

/** What holds now, before or after the login (RFC 2449 6; 2595 4; 3206 6; 5034 3). No IMPLEMENTATION to strangers. */
export function capa(standing: Standing): Reply {
  const lines = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING', 'EXPIRE NEVER']
  if (standing.underTls) lines.push('USER', `SASL ${standing.mechanisms.join(' ')}`)
  if (standing.canStartTls && !standing.loggedIn) lines.push('STLS')
  if (standing.loggedIn) lines.push('IMPLEMENTATION Posthouse')
  return { ...ok('what can be done now'), kind: 'listing', lines }
}

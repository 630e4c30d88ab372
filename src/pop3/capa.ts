// The CAPA command (RFC 2449, 6856 2 and 3): the one place that says what this server offers.

import { ok } from '#wire/pop3/print.ts'
import type { Reply } from './reply.ts'

export interface Standing {
  readonly underTls: boolean
  /** Of SASL, to offer now. */
  readonly mechanisms: readonly string[]
  readonly canStartTls: boolean
  readonly loggedIn: boolean
  /** Seconds between two logins of an account; 0: none are asked for. */
  readonly loginDelay: number
}

/** What holds now, before or after the login (RFC 2449 6; 2595 4; 3206 6; 5034 3). No IMPLEMENTATION to strangers. */
export function capa(standing: Standing): Reply {
  const lines = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING', 'EXPIRE NEVER', 'UTF8 USER', 'LANG']
  if (standing.loginDelay > 0) lines.push(`LOGIN-DELAY ${standing.loginDelay}`)
  if (standing.underTls) lines.push('USER', `SASL ${standing.mechanisms.join(' ')}`)
  if (standing.canStartTls && !standing.loggedIn) lines.push('STLS')
  if (standing.loggedIn) lines.push('IMPLEMENTATION Posthouse')
  return { ...ok(texts => texts.capabilities), kind: 'listing', lines }
}

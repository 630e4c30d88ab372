// The trace field that each server puts before a message (RFC 5321 4.4, RFC 3848 and 6531 4.3 for `with`).

import { printMailDate } from '#text/date.ts'
import type { Client } from './intake.ts'

export interface Trace {
  readonly client: Client
  /** What DNS calls the client's address. */
  readonly peerName?: string | undefined
  readonly hostname: string
  readonly messageId: string
  /** Whether SMTPUTF8 was asked for and the message needs it. */
  readonly utf8: boolean
  /** The recipient if it is the only one: a list would tell each of the others (Bcc). */
  readonly onlyRecipient: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The field with its CRLFs. */
export function receivedField({ client, peerName, hostname, messageId, utf8, onlyRecipient, now }: Trace): string {
  const name = client.name ?? peerName
  const address = addressLiteral(client.address)
  const from = `from ${safeName(client.hello)} (${name === undefined ? '' : `${safeName(name)} `}${address})`
  const tls = client.tls === undefined ? '' : ` (${client.tls.version} ${client.tls.cipher})`
  const forWhom = onlyRecipient === undefined ? '' : `\r\n\tfor <${onlyRecipient}>`
  return `Received: ${from}\r\n\tby ${hostname} with ${protocol(client, utf8)}${tls} id ${messageId}${forWhom};\r\n\t${printMailDate(now)}\r\n`
}

function protocol({ protocol: spoken, tls, account }: Client, utf8: boolean): string {
  if (spoken === 'SMTP') return 'SMTP'
  const name = utf8 ? `UTF8${spoken === 'LMTP' ? 'LMTP' : 'SMTP'}` : spoken
  return `${name}${tls === undefined ? '' : 'S'}${account === undefined ? '' : 'A'}`
}

/** What a client calls itself is its own choice: no comment or second clause may come of it. */
function safeName(hello: string): string {
  return hello.replace(/[^A-Za-z0-9._:[\]-]/g, '?')
}

function addressLiteral(address: string): string {
  if (address === 'unix') return 'unix socket'
  if (address === 'unknown') return 'unknown' // XCLIENT could not tell
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

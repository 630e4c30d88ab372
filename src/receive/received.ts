// The trace field that each server puts before a message (RFC 5321 4.4, RFC 3848 for `with`).

import { printMailDate } from '#text/date.ts'
import type { Client } from './intake.ts'

export interface Trace {
  readonly client: Client
  /** What DNS calls the client's address. */
  readonly peerName?: string | undefined
  readonly hostname: string
  readonly messageId: string
  /** The recipient if it is the only one: a list would tell each of the others (Bcc). */
  readonly onlyRecipient: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The field with its CRLFs. */
export function receivedField({ client, peerName, hostname, messageId, onlyRecipient, now }: Trace): string {
  const from = `from ${safeName(client.hello)} (${peerName === undefined ? '' : `${peerName} `}${addressLiteral(client.address)})`
  const tls = client.tls === undefined ? '' : ` (${client.tls.version} ${client.tls.cipher})`
  const forWhom = onlyRecipient === undefined ? '' : `\r\n\tfor <${onlyRecipient}>`
  return `Received: ${from}\r\n\tby ${hostname} with ${protocol(client)}${tls} id ${messageId}${forWhom};\r\n\t${printMailDate(now)}\r\n`
}

function protocol(client: Client): string {
  if (!client.extended) return 'SMTP'
  return `ESMTP${client.tls === undefined ? '' : 'S'}${client.account === undefined ? '' : 'A'}`
}

/** What a client calls itself is its own choice: no comment or second clause may come of it. */
function safeName(hello: string): string {
  return hello.replace(/[^A-Za-z0-9._:[\]-]/g, '?')
}

function addressLiteral(address: string): string {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

// What tests need of a mail client, on plain sockets: deliver a message as a stranger's MX would, log in to IMAP, read a mailbox octet for octet.

import { LineClient } from './line-client.ts'
import type { RunningServer } from './running-server.ts'

export interface Login {
  readonly address: string
  readonly password: string
}

export interface Stored {
  readonly uid: number
  readonly flags: readonly string[]
  /** As IMAP's BODY[] gives it: what delivery put before it included. */
  readonly bytes: Buffer
}

/** The octets of a message as they stand on the wire after DATA, without the final dot: dots stuffed, the last line ended. */
export function stuffed(message: Uint8Array): Buffer {
  const text = Buffer.from(message).toString('latin1')
  const ended = text.endsWith('\r\n') ? text : `${text}\r\n`
  return Buffer.from(ended.replace(/^\./gm, '..'), 'latin1')
}

/** Sends one message to the MX. Rejects with the reply when it is refused. */
export async function deliver(
  server: RunningServer,
  message: Uint8Array,
  { from = 'writer@example.org', to }: { readonly from?: string; readonly to: readonly string[] },
): Promise<void> {
  const client = await LineClient.open({ host: server.host, port: server.ports.smtp }, false)
  await client.replies(1)
  const recipients = to.map(recipient => `RCPT TO:<${recipient}>\r\n`).join('')
  client.write(`EHLO stranger.example\r\nMAIL FROM:<${from}>\r\n${recipients}DATA\r\n`)
  await client.replies(3 + to.length)
  client.write(stuffed(message))
  client.write('.\r\nQUIT\r\n')
  await client.replies(2)
  client.close()
}

/** Logs in to IMAP over TLS. */
export async function imapLogin(server: RunningServer, { address, password }: Login): Promise<LineClient> {
  const client = await LineClient.open({ host: server.host, port: server.ports.imaps }, true)
  await client.lastLine('* OK')
  client.write(`l LOGIN ${address} ${password}\r\n`)
  await client.lastLine('l OK')
  return client
}

/** Every message of a mailbox, in order. */
export async function readMailbox(server: RunningServer, login: Login, mailbox = 'INBOX'): Promise<Stored[]> {
  const client = await imapLogin(server, login)
  client.write(`e EXAMINE "${mailbox}"\r\n`)
  await client.lastLine('e OK')
  client.write('f UID FETCH 1:* (FLAGS BODY.PEEK[])\r\n')
  const chunks: Buffer[] = []
  do chunks.push(await client.chunk())
  while (
    !/^f (OK|NO|BAD)[^\n]*\r\n$/m.test(
      chunks
        .slice(-2)
        .map(chunk => chunk.toString('latin1', Math.max(0, chunk.length - 200)))
        .join(''),
    )
  )
  client.close()
  return fetched(Buffer.concat(chunks))
}

/** The FETCH responses in `answer`. */
function fetched(answer: Buffer): Stored[] {
  const found: Stored[] = []
  for (let at = 0; answer[at] === 0x2a; ) {
    const lineEnd = answer.indexOf('\r\n', at)
    const line = answer.toString('latin1', at, lineEnd)
    const literal = /\{(\d+)\}$/.exec(line)
    if (literal === null) {
      at = lineEnd + 2
      continue
    }
    const start = lineEnd + 2
    const end = start + Number(literal[1])
    const closing = answer.indexOf('\r\n', end)
    const around = line + answer.toString('latin1', end, closing)
    const flags = /FLAGS \(([^)]*)\)/.exec(around)?.[1] ?? ''
    found.push({
      uid: Number(/UID (\d+)/.exec(around)?.[1]),
      flags: flags.split(' ').filter(Boolean),
      bytes: answer.subarray(start, end),
    })
    at = closing + 2
  }
  return found
}

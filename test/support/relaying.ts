// A server that sends mail to a world of the test's own: its names from a resolver there, its hosts on one port at addresses of loopback.

import type { ConfigInput } from '#config/define.ts'
import { LineClient } from './line-client.ts'
import { type Login, readMailbox, type Stored } from './mail-client.ts'
import { run } from './program.ts'
import { mainFile, type RunningServer } from './running-server.ts'

export interface World {
  /** Of 127.0.0.1. */
  readonly resolverPort: number
  /** Where the hosts of the world listen. */
  readonly mailPort: number
}

/** Tries follow each other by the second. */
export function relayingConfig(offset: number, { resolverPort, mailPort }: World): ConfigInput {
  const host = '127.0.0.1'
  return {
    hostname: 'mail.example.test',
    tls: { ownAuthority: [host] },
    limits: { freeBytes: 0 },
    dns: { address: host, port: resolverPort },
    listeners: [
      { protocol: 'mx', host, port: offset + 25 },
      { protocol: 'submission', host, port: offset + 465, tls: 'implicit' },
      { protocol: 'imap', host, port: offset + 993, tls: 'implicit' },
    ],
    senders: { limits: { enabled: false }, guard: { enabled: false } },
    send: {
      routes: { direct: { kind: 'direct', port: mailPort } },
      schedule: { retryMs: ['1 s'], jitter: 0 },
    },
  }
}

export interface Submitted {
  readonly to: readonly string[]
  /** Whole, with LF or CRLF. */
  readonly letter: string | Uint8Array
  /** Parameters of MAIL and of each RCPT, with the space before them. */
  readonly mail?: string
  readonly rcpt?: string
}

/** Sends one message as submission over TLS. Settles with the reply to it; rejects with the first that is none of 2xx and 3xx. */
export async function submit(
  server: RunningServer,
  { address, password }: Login,
  { to, letter, mail = '', rcpt = '' }: Submitted,
): Promise<void> {
  const client = await LineClient.open({ host: server.host, port: server.ports.submissions }, true)
  try {
    await client.replies(1)
    client.write(`EHLO client.example\r\nAUTH PLAIN ${Buffer.from(`\0${address}\0${password}`).toString('base64')}\r\n`)
    await client.replies(2)
    const recipients = to.map(recipient => `RCPT TO:<${recipient}>${rcpt}\r\n`).join('')
    client.write(`MAIL FROM:<${address}>${mail}\r\n${recipients}`)
    await client.replies(1 + to.length)
    const bytes = typeof letter === 'string' ? Buffer.from(letter.replaceAll(/\r?\n/g, '\r\n')) : letter
    client.write(`BDAT ${bytes.length} LAST\r\n`)
    client.write(bytes)
    await client.replies(1)
  } finally {
    client.close()
  }
}

/** A letter with that subject, 8bit. */
export function letterOf(subject: string, body: string, from = 'alice@example.test'): string {
  return [
    `From: Alice <${from}>`,
    'To: Bob <bob@far.test>',
    `Subject: ${subject}`,
    'Date: Mon, 02 Nov 2026 10:00:00 +0000',
    `Message-ID: <${subject}@example.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    body,
  ].join('\n')
}

/** Waits until something is so: looked at each 50 ms, and for no longer than 30 s. */
export async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise(settle => setTimeout(settle, 50))
  }
}

/** The first message of INBOX that has all these words. */
export async function inboxHas(server: RunningServer, login: Login, ...words: readonly string[]): Promise<Stored> {
  return await until(`a message with ${words.join(', ')}`, async () =>
    (await readMailbox(server, login)).find(({ bytes }) => words.every(word => bytes.includes(word))),
  )
}

/** What `posthouse queue list --json` says, a message a line. */
export async function queued(server: RunningServer): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await run(process.execPath, [mainFile, 'queue', 'list', '--json', '--data', server.data])
  return stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}

/** What `posthouse queue show` says of the one message that waits. */
export async function shown(server: RunningServer): Promise<string> {
  const [first] = await queued(server)
  if (first === undefined) return ''
  const id = String(first['messageId'] ?? first['id'])
  const words = ['queue', 'show', id, '--data', server.data]
  return (await run(process.execPath, [mainFile, ...words])).stdout.toString()
}

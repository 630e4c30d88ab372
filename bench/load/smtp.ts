// Sends messages to an MX or as submission over connections that are kept: MAIL, RCPT and DATA in one packet, as senders that know PIPELINING do.

import { LineClient, type Port } from '../../test/support/line-client.ts'

export interface SmtpLoad {
  readonly recipients: readonly string[]
  /** Of each message, one after the other of the list; one unless told. */
  readonly recipientsEach?: number
  readonly messages: number
  readonly connections: number
  readonly sizeBytes: number
  /** BDAT (RFC 3030) sends the message with its MAIL and RCPT, without a wait between. Default: DATA. */
  readonly by?: 'DATA' | 'BDAT'
  /** From the first octet on. */
  readonly tls?: boolean
  /** Who logs in with AUTH PLAIN, and is the sender. */
  readonly login?: { readonly user: string; readonly password: string } | undefined
}

/** Settles when every message was answered 250. Rejects at the first refusal. */
export async function sendMessages(to: Port, load: SmtpLoad): Promise<void> {
  let next = 0
  const sender = load.login?.user ?? defaultSender
  const oneConnection = async (): Promise<void> => {
    const client = await LineClient.open(to, load.tls === true)
    await client.replies(1)
    client.write('EHLO load.example\r\n')
    await client.replies(1)
    if (load.login !== undefined) {
      const { user, password } = load.login
      client.write(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}\r\n`)
      await client.replies(1)
    }
    while (next < load.messages) {
      const number = next
      next += 1
      const each = load.recipientsEach ?? 1
      const to = Array.from({ length: each }, (_, at) => load.recipients[(number * each + at) % load.recipients.length])
      const text = message(number, load.sizeBytes, sender)
      const envelope = `MAIL FROM:<${sender}>\r\n${to.map(one => `RCPT TO:<${one}>\r\n`).join('')}`
      if (load.by === 'BDAT') {
        client.write(`${envelope}BDAT ${text.length} LAST\r\n${text}`)
        await client.replies(2 + each)
        continue
      }
      client.write(`${envelope}DATA\r\n`)
      await client.replies(2 + each)
      client.write(`${text}.\r\n`)
      await client.replies(1)
    }
    client.write('QUIT\r\n')
    client.close()
  }
  await Promise.all(Array.from({ length: load.connections }, oneConnection))
}

const defaultSender = 'load@sender.example'

const line = `${'The quick brown fox jumps over the lazy dog, and the post arrives in time.'.padEnd(76, '.')}\r\n`

/** A message of `sizeBytes` octets, give or take a line, different for each number. */
export function message(number: number, sizeBytes: number, sender = defaultSender): string {
  const header = [
    `From: Load <${sender}>`,
    `To: Reader <reader@example.test>`,
    `Subject: message ${number}`,
    `Date: Mon, 02 Nov 2026 10:00:00 +0000`,
    `Message-ID: <${number}.${sizeBytes}@sender.example>`,
    `MIME-Version: 1.0`,
    `Content-Type: text/plain; charset=utf-8`,
    '',
    '',
  ].join('\r\n')
  return header + line.repeat(Math.max(1, Math.round((sizeBytes - header.length) / line.length)))
}

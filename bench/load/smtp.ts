// Sends messages to an MX over connections that are kept: MAIL, RCPT and DATA in one packet, as senders that know PIPELINING do.

import { LineClient, type Port } from '../../test/support/line-client.ts'

export interface SmtpLoad {
  readonly recipients: readonly string[]
  readonly messages: number
  readonly connections: number
  readonly sizeBytes: number
  /** BDAT (RFC 3030) sends the message with its MAIL and RCPT, without a wait between. Default: DATA. */
  readonly by?: 'DATA' | 'BDAT'
}

/** Settles when every message was answered 250. Rejects at the first refusal. */
export async function sendMessages(to: Port, load: SmtpLoad): Promise<void> {
  let next = 0
  const oneConnection = async (): Promise<void> => {
    const client = await LineClient.open(to, false)
    await client.replies(1)
    client.write('EHLO load.example\r\n')
    await client.replies(1)
    while (next < load.messages) {
      const number = next
      next += 1
      const recipient = load.recipients[number % load.recipients.length] ?? ''
      const text = message(number, load.sizeBytes)
      const envelope = `MAIL FROM:<load@sender.example>\r\nRCPT TO:<${recipient}>\r\n`
      if (load.by === 'BDAT') {
        client.write(`${envelope}BDAT ${text.length} LAST\r\n${text}`)
        await client.replies(3)
        continue
      }
      client.write(`${envelope}DATA\r\n`)
      await client.replies(3)
      client.write(`${text}.\r\n`)
      await client.replies(1)
    }
    client.write('QUIT\r\n')
    client.close()
  }
  await Promise.all(Array.from({ length: load.connections }, oneConnection))
}

const line = `${'The quick brown fox jumps over the lazy dog, and the post arrives in time.'.padEnd(76, '.')}\r\n`

/** A message of `sizeBytes` octets, give or take a line, different for each number. */
export function message(number: number, sizeBytes: number): string {
  const header = [
    `From: Load <load@sender.example>`,
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

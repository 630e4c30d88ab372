// One message into a simulated world, as a client says it that waits for each reply.

import type { ClientChannel, Dialer } from '#io/dialer.ts'

export interface Sent {
  /** '' for the null path. */
  readonly from: string
  readonly to: string
  readonly subject: string
}

/** Settles with the last reply: a refusal too, at whatever step. */
export async function sendBySmtp(network: Dialer, address: string, { from, to, subject }: Sent): Promise<string> {
  const channel = await network.dial({ address, port: 25, localAddress: undefined, timeoutMs: 60_000 })
  let reply = await said(channel)
  const steps = ['EHLO client.test', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA']
  const text = `From: <${from || 'MAILER-DAEMON@far.test'}>\r\nSubject: ${subject}\r\n\r\nhot\r\n.`
  for (const line of [...steps, text]) {
    channel.write(`${line}\r\n`)
    reply = await said(channel)
    if (!/^[23]/.test(reply)) break
  }
  await channel.close()
  return reply
}

/** One reply, its last line. */
async function said(channel: ClientChannel): Promise<string> {
  for (let text = ''; ; ) {
    const bytes = await channel.read(600_000)
    if (bytes === undefined) return text
    text += Buffer.from(bytes).toString('latin1')
    const last = /(?:^|\n)(\d{3} [^\r\n]*)\r\n$/.exec(text)
    if (last?.[1] !== undefined) return last[1]
  }
}

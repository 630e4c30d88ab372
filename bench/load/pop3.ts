// POP3 as load: log in, read every message with all RETRs sent ahead, or many answers to commands that are all sent at once.

import { LineClient } from '../../test/support/line-client.ts'
import type { ServerUnderTest } from '../servers/server.ts'

/** Logs in; settles with the client and the number of messages. */
export async function openMaildrop(
  server: ServerUnderTest,
  user: string,
): Promise<{ client: LineClient; messages: number }> {
  const client = await LineClient.open(server.pop3s, true)
  await client.lastLine('+OK')
  client.write(`USER ${user}\r\n`)
  await client.lastLine('+OK')
  client.write(`PASS ${server.password}\r\n`)
  await client.lastLine('+OK')
  client.write('STAT\r\n')
  const messages = Number((await client.lastLine('+OK ')).split(' ')[1])
  return { client, messages }
}

const ending = Buffer.from('\r\n.\r\n')

/** RETR 1 to `count`, pipelined. Settles with the octets read. The messages hold no lone dot. */
export async function retrieveAll(client: LineClient, count: number): Promise<number> {
  const before = client.received
  let sent = 0
  const sendSome = (upTo: number): void => {
    let commands = ''
    for (; sent < Math.min(upTo, count); sent += 1) commands += `RETR ${sent + 1}\r\n`
    if (commands !== '') client.write(commands)
  }
  sendSome(500)
  await ended(client, ending, count, so => sendSome(so + 500))
  return client.received - before
}

const lineEnd = Buffer.from('\r\n')

/** Sends all `commands` and reads their answers: of one line each, or (`multiline`) up to the lone dot. */
export async function answersOf(client: LineClient, commands: readonly string[], multiline: boolean): Promise<void> {
  client.write(commands.map(command => `${command}\r\n`).join(''))
  await ended(client, multiline ? ending : lineEnd, commands.length)
}

/** Reads on until `count` answers have come to their `end`; `onMore` is told how many have, after each piece. */
async function ended(client: LineClient, end: Buffer, count: number, onMore?: (so: number) => void): Promise<void> {
  let carry = Buffer.alloc(0)
  for (let so = 0; so < count; ) {
    const chunk = Buffer.concat([carry, await client.chunk()])
    let from = 0
    for (let at = chunk.indexOf(end); at !== -1; at = chunk.indexOf(end, from)) {
      so += 1
      from = at + end.length
    }
    carry = chunk.subarray(Math.max(from, chunk.length - end.length + 1))
    onMore?.(so)
  }
}

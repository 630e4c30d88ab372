// POP3 beside Dovecot over the same letters.

import { largeLetter } from '../test/support/corpus.ts'
import { ImapLoad } from './load/imap.ts'
import { letter } from './load/letters.ts'
import { answersOf, openMaildrop, retrieveAll } from './load/pop3.ts'
import { message } from './load/smtp.ts'
import { median, peakBytesOf, secondsOf } from './measure.ts'
import type { RowOfBench } from './row.ts'
import { startPosthouse } from './servers/posthouse.ts'
import { type ServerUnderTest, userOf } from './servers/server.ts'

const listed = { count: 20_000, user: 4 } // the mailbox of the IMAP rows
const retrieved = { count: 10_000, user: 3 }
const removed = { count: 5_000, user: 7 }
const logins = 20
const attachmentBytes = 14_600_000 // 20 MB in base64
/** Messages before those that are measured, and these. */
const unmeasured = 3
const measured = 5

/** Unless another row has filled it before. */
async function fillOnce(server: ServerUnderTest, { count, user }: typeof listed, bytes: number): Promise<void> {
  const { client, messages } = await openMaildrop(server, userOf(server, user))
  client.close()
  // Where nothing is set the owner is sent a notice that both protocols are in use: one message more.
  await server.setPop3?.(userOf(server, user), 'hide')
  if (messages > 0) return
  const text = user === listed.user ? letter : message
  await server.fill(userOf(server, user), { count, message: number => text(number, bytes) })
}

interface Listing {
  readonly name: string
  readonly title: string
  readonly goal?: number
  readonly command: (number: number) => string
  /** Answers of several lines. */
  readonly multiline: boolean
}

/** Messages a second of commands that are all sent at once. */
function rate({ name, title, goal, command, multiline }: Listing, count: number): RowOfBench {
  const isOne = command(1) === command(2)
  return {
    name: `pop3-${name}`,
    title: `${title}, ${listed.count.toLocaleString('en-US')} messages in the maildrop`,
    unit: 'messages/s',
    goal,
    better: 'more',
    compared: true,
    prepare: server => fillOnce(server, listed, 1_000),
    async run(server) {
      const { client, messages } = await openMaildrop(server, userOf(server, listed.user))
      if (messages !== listed.count) throw new Error(`the maildrop holds ${messages} messages`)
      const commands = Array.from({ length: isOne ? 1 : count }, (_, index) => command(index + 1))
      const seconds = await secondsOf(() => answersOf(client, commands, multiline))
      client.close()
      return (isOne ? messages : count) / seconds
    },
  }
}

/** DELE of all messages and QUIT. A server that knows but one way shows that. */
function removal(onDelete: 'delete' | 'hide', words: string): RowOfBench {
  return {
    name: `pop3-${onDelete}`,
    title: `DELE of ${removed.count.toLocaleString('en-US')} messages ${words}`,
    unit: 'messages/s',
    goal: undefined,
    better: 'more',
    compared: onDelete === 'delete',
    async run(server) {
      const user = userOf(server, removed.user)
      await server.setPop3?.(user, onDelete)
      await server.fill(user, { count: removed.count, message: number => message(number, 1_000) })
      const { client, messages } = await openMaildrop(server, user)
      if (messages !== removed.count) throw new Error(`the maildrop holds ${messages} messages`)
      const commands = Array.from({ length: messages }, (_, index) => `DELE ${index + 1}`)
      const seconds = await secondsOf(async () => {
        await answersOf(client, commands, false)
        client.write('QUIT\r\n')
        await client.lastLine('+OK')
      })
      client.close()
      return messages / seconds
    },
  }
}

export const pop3Rows: readonly RowOfBench[] = [
  {
    name: 'pop3-login',
    title: `POP3: login and STAT with ${listed.count.toLocaleString('en-US')} messages, one after the other`,
    unit: '/s',
    goal: undefined,
    better: 'more',
    compared: true,
    prepare: server => fillOnce(server, listed, 1_000),
    async run(server) {
      const seconds = await secondsOf(async () => {
        for (let index = 0; index < logins; index += 1) {
          const { client } = await openMaildrop(server, userOf(server, listed.user))
          client.write('QUIT\r\n')
          await client.lastLine('+OK')
          client.close()
        }
      })
      return logins / seconds
    },
  },
  rate({ name: 'uidl', title: 'UIDL', command: () => 'UIDL', multiline: true }, 1),
  rate({ name: 'list', title: 'LIST', command: () => 'LIST', multiline: true }, 1),
  rate({ name: 'top', title: 'TOP n 0, pipelined', command: number => `TOP ${number} 0`, multiline: true }, 10_000),
  {
    name: 'retr',
    title: `RETR of ${retrieved.count.toLocaleString('en-US')} messages of 4 kB, pipelined`,
    unit: 'messages/s',
    goal: 15_000,
    better: 'more',
    compared: true,
    prepare: server => fillOnce(server, retrieved, 4_000),
    async run(server) {
      const { client, messages } = await openMaildrop(server, userOf(server, retrieved.user))
      if (messages !== retrieved.count) throw new Error(`the maildrop holds ${messages} messages`)
      const seconds = await secondsOf(() => retrieveAll(client, messages))
      client.write('QUIT\r\n')
      await client.lastLine('+OK')
      client.close()
      return messages / seconds
    },
  },
  removal('delete', 'and QUIT, which removes them, durable'),
  removal('hide', 'and QUIT, which hides them from POP3 alone, durable'),
  {
    name: 'pop3-memory',
    title: 'memory that RETR of a message of 20 MB takes beyond the idle server, at its highest',
    unit: 'MB',
    goal: 5,
    better: 'less',
    compared: false,
    async run() {
      await using fresh = await startPosthouse()
      const user = userOf(fresh, 0)
      const load = await ImapLoad.login(fresh, user)
      await load.append('INBOX', 1, () => largeLetter(attachmentBytes).bytes.toString('latin1'))
      load.client.close()
      const retrieve = async () => {
        const { client } = await openMaildrop(fresh, user)
        await retrieveAll(client, 1)
        client.close()
      }
      for (let count = 0; count < unmeasured; count += 1) await retrieve()
      const peaks: number[] = []
      for (let count = 0; count < measured; count += 1) peaks.push(await peakBytesOf(fresh.processId, retrieve))
      return median(peaks) / 1e6
    },
  },
]

// IMAP beside Dovecot over the same letters, in a mailbox of 20,000 and in one of 100,000 messages.

import { ImapLoad } from './load/imap.ts'
import { letter, needle } from './load/letters.ts'
import { secondsOf } from './measure.ts'
import type { RowOfBench } from './row.ts'
import { startPosthouse } from './servers/posthouse.ts'
import { type ServerUnderTest, userOf } from './servers/server.ts'

interface Size {
  readonly count: number
  readonly user: number
  readonly short: string
}

const small: Size = { count: 20_000, user: 4, short: '20k' }
const large: Size = { count: 100_000, user: 5, short: '100k' }
const letterBytes = 1_000
const appended = 2_000
const coldMessages = 5_000
const singles = 2_000
const logins = 40
const idleSessions = 1_000

const filled = new WeakMap<ServerUnderTest, Map<number, Promise<void>>>()

/** Once for all rows of a size. */
function prepare({ count, user }: Size): (server: ServerUnderTest) => Promise<void> {
  return server => {
    const ofServer = filled.get(server) ?? new Map<number, Promise<void>>()
    filled.set(server, ofServer)
    const known = ofServer.get(user)
    if (known !== undefined) return known
    const filling = server.fill(userOf(server, user), { count, message: number => letter(number, letterBytes) })
    ofServer.set(user, filling)
    return filling
  }
}

async function selected(server: ServerUnderTest, { user }: Size): Promise<ImapLoad> {
  const load = await ImapLoad.login(server, userOf(server, user))
  await load.command('SELECT INBOX')
  return load
}

interface Timed {
  readonly name: string
  readonly title: string
  readonly goal?: number
  /** Before the clock starts: what makes the server warm. */
  readonly before?: readonly string[]
  readonly commands: readonly string[]
}

/** Messages a second through the commands, which all look at every message. */
function rate(size: Size, { name, title, goal, before = [], commands }: Timed): RowOfBench {
  return {
    name: `${name}-${size.short}`,
    title: `${title}, ${size.count.toLocaleString('en-US')} messages`,
    unit: 'messages/s',
    goal,
    better: 'more',
    compared: true,
    prepare: prepare(size),
    async run(server) {
      const load = await selected(server, size)
      for (const command of before) await load.command(command)
      const seconds = await secondsOf(async () => {
        for (const command of commands) await load.command(command)
      })
      load.client.close()
      return (size.count * commands.length) / seconds
    },
  }
}

/** Milliseconds of one command on a mailbox that the server knows already. */
function delay(size: Size, { name, title, goal, commands: [command = ''] }: Timed): RowOfBench {
  return {
    name: `${name}-${size.short}`,
    title: `${title}, ${size.count.toLocaleString('en-US')} messages`,
    unit: 'ms',
    goal,
    better: 'less',
    compared: true,
    prepare: prepare(size),
    async run(server) {
      const load = await selected(server, size)
      await load.command(command)
      const seconds = await secondsOf(() => load.command(command))
      load.client.close()
      return seconds * 1_000
    },
  }
}

function rowsOf(size: Size): readonly RowOfBench[] {
  const isLarge = size === large
  return [
    delay(size, {
      name: 'select',
      title: 'SELECT again',
      ...(isLarge ? { goal: 20 } : {}),
      commands: ['SELECT INBOX'],
    }),
    rate(size, {
      name: 'flags',
      title: 'FETCH 1:* (UID FLAGS)',
      goal: isLarge ? 333_333 : 500_000,
      before: ['FETCH 1:* (UID FLAGS)'],
      commands: ['FETCH 1:* (UID FLAGS)'],
    }),
    rate(size, {
      name: 'structure',
      title: 'FETCH 1:* (ENVELOPE BODYSTRUCTURE), again',
      goal: 40_000,
      before: ['FETCH 1:* (ENVELOPE BODYSTRUCTURE)'],
      commands: ['FETCH 1:* (ENVELOPE BODYSTRUCTURE)'],
    }),
    rate(size, { name: 'bodies', title: 'FETCH 1:* BODY.PEEK[]', goal: 24_000, commands: ['FETCH 1:* BODY.PEEK[]'] }),
    delay(size, { name: 'search-flags', title: 'SEARCH UNSEEN', commands: ['SEARCH UNSEEN'] }),
    delay(size, { name: 'search-from', title: 'SEARCH FROM', goal: 300, commands: ['SEARCH FROM "person77@"'] }),
    delay(size, {
      name: 'search-body',
      title: 'SEARCH BODY',
      goal: isLarge ? 300 : 1_800,
      commands: [`SEARCH BODY "${needle(77)}"`],
    }),
    rate(size, {
      name: 'store',
      title: 'STORE 1:* FLAGS.SILENT, on and off',
      goal: 1_000_000,
      commands: ['STORE 1:* +FLAGS.SILENT (\\Flagged)', 'STORE 1:* -FLAGS.SILENT (\\Flagged)'],
    }),
    {
      name: `single-${size.short}`,
      title: `UID FETCH of one message, one after the other, in ${size.count.toLocaleString('en-US')}`,
      unit: '/s',
      goal: 3_300,
      better: 'more',
      compared: true,
      prepare: prepare(size),
      async run(server) {
        const load = await selected(server, size)
        const seconds = await secondsOf(async () => {
          for (let index = 0; index < singles; index += 1)
            await load.command(`UID FETCH ${((index * 7_919) % size.count) + 1} (FLAGS BODY.PEEK[])`)
        })
        load.client.close()
        return singles / seconds
      },
    },
    {
      name: `login-${size.short}`,
      title: `LOGIN and SELECT of ${size.count.toLocaleString('en-US')} messages, one after the other`,
      unit: '/s',
      goal: 230,
      better: 'more',
      compared: true,
      prepare: prepare(size),
      async run(server) {
        const seconds = await secondsOf(async () => {
          for (let index = 0; index < logins; index += 1) (await selected(server, size)).client.close()
        })
        return logins / seconds
      },
    },
  ]
}

let fresh = 0

export const imapRows: readonly RowOfBench[] = [
  {
    name: 'append',
    title: 'APPEND, pipelined, of letters of 1 kB, durable',
    unit: '/s',
    goal: 600,
    better: 'more',
    compared: true,
    async run(server) {
      fresh += 1
      const load = await ImapLoad.login(server, userOf(server, 6))
      await load.command(`CREATE append${fresh}`)
      const seconds = await secondsOf(() =>
        load.append(`append${fresh}`, appended, number => letter(number, letterBytes)),
      )
      load.client.close()
      return appended / seconds
    },
  },
  {
    name: 'structure-cold',
    title: `FETCH 1:* (ENVELOPE BODYSTRUCTURE) for the first time, ${coldMessages.toLocaleString('en-US')} messages`,
    unit: 'messages/s',
    goal: 13_000,
    better: 'more',
    compared: true,
    async run(server) {
      fresh += 1
      const mailbox = `cold${fresh}`
      const message = (number: number) => letter(number + fresh * coldMessages, letterBytes)
      await server.fill(userOf(server, 6), { mailbox, count: coldMessages, message })
      const load = await ImapLoad.login(server, userOf(server, 6))
      await load.command(`SELECT ${mailbox}`)
      const seconds = await secondsOf(() => load.command('FETCH 1:* (ENVELOPE BODYSTRUCTURE)'))
      load.client.close()
      return coldMessages / seconds
    },
  },
  ...rowsOf(small),
  ...rowsOf(large),
  {
    name: 'fan-out',
    title: `a STORE reaches ${idleSessions.toLocaleString('en-US')} sessions that idle in the mailbox`,
    unit: 'ms',
    goal: 500,
    better: 'less',
    compared: false,
    async run() {
      await using server = await startPosthouse()
      await server.fill(userOf(server, 0), { count: 100, message: number => letter(number, letterBytes) })
      const size = { count: 100, user: 0, short: '' }
      const idle = await Promise.all(Array.from({ length: idleSessions }, () => idling(server, size)))
      const author = await selected(server, size)
      const seconds = await secondsOf(async () => {
        const told = idle.map(({ client }) => client.lastLine('* 1 FETCH'))
        await author.command('STORE 1 +FLAGS.SILENT (\\Flagged)')
        await Promise.all(told)
      })
      for (const { client } of [...idle, author]) client.close()
      return seconds * 1_000
    },
  },
]

async function idling(server: ServerUnderTest, size: Size): Promise<ImapLoad> {
  const load = await selected(server, size)
  load.client.write('idle IDLE\r\n')
  await load.client.lastLine('+ ')
  return load
}

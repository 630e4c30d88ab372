// What a transcript can't see of an SMTP session: how many writes replies take, that one is not there yet, that splits change nothing.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Channel } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import { type SmtpPlace, smtpPlace } from './smtp/place.ts'

test('the replies to a batch of commands are one write', async () => {
  await using place = await smtpPlace()
  const run = place.session('mx', {})
  await using socket = await servedSocket(async channel => await run(channel, new AbortController().signal))
  await socket.said('220 ')
  socket.client.write('EHLO client.test\r\n')
  await socket.said('250 ')
  const writesOf = async (batch: string, lastReply: string) => {
    const before = socket.writes
    socket.client.write(batch)
    await socket.said(lastReply)
    return socket.writes - before
  }
  const recipients = 'RCPT TO:<alice@example.test>\r\nRCPT TO:<nobody@example.test>\r\n'.repeat(20)
  assert.equal(await writesOf(`MAIL FROM:<a@b.test>\r\n${recipients}DATA\r\n`, '354 '), 1)
  assert.equal(await writesOf('text\r\n.\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n', '354 '), 1)
  assert.equal(await writesOf('text\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n', '221 '), 1)
})

interface ServedSocket extends AsyncDisposable {
  readonly client: Socket
  /** Of the server, so far. */
  readonly writes: number
  /** Settles when the server has said a line that begins so; everything up to its end counts as read. */
  said(start: string): Promise<void>
}

async function servedSocket(run: (channel: Channel) => Promise<void>): Promise<ServedSocket> {
  let writes = 0
  const ended = Promise.withResolvers<void>()
  const server = createServer(socketServerOptions, socket => {
    const write = socket.write.bind(socket)
    socket.write = ((...data: Parameters<typeof write>) => {
      writes += 1
      return write(...data)
    }) as typeof socket.write // its overloads
    const channel = socketChannel(socket, { id: 'counted' })
    run(channel)
      .finally(async () => await channel.close())
      .then(ended.resolve, ended.reject)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1') // a TCP server has a port
  let received = ''
  return {
    client,
    get writes() {
      return writes
    },
    async said(start) {
      const line = new RegExp(`^${start}.*\r\n`, 'm')
      for (let found = line.exec(received); ; found = line.exec(received)) {
        if (found !== null) {
          received = received.slice(found.index + found[0].length)
          return
        }
        const [bytes] = await once(client, 'data')
        received += bytes.toString('latin1')
      }
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await ended.promise.catch(() => {})
      server.close()
    },
  }
}

test('after some errors each further one waits, twice as long each time; what stands before it leaves at once', async () => {
  await using place = await smtpPlace()
  await using session = await greeted(place)
  const { client, clock } = session
  assert.match(await asked(client, 2, 'NOPE', 'NOPE'), /^500 .*\r\n500 .*\r\n$/)
  client.send('NOOP\r\nNOPE\r\nNOOP\r\n')
  assert.match(await client.receiveUntil(1), /^250 .*\r\n$/)
  for (const waitMs of [1000, 2000, 4000, 5000, 5000]) {
    await turn()
    clock.advance(waitMs - 1)
    await turn()
    assert.equal(client.take(), '', `before ${waitMs} ms have passed`)
    clock.advance(1)
    assert.match(await client.receiveUntil(2), /^500 .*\r\n250 .*\r\n$/)
    client.send('NOPE\r\nNOOP\r\n')
  }
})

test('refused recipients wait as bad commands do, and a message taken wipes the slate', async () => {
  await using place = await smtpPlace()
  await using session = await greeted(place)
  const { client, clock } = session
  await asked(client, 1, 'HELO client.test')
  await asked(client, 1, 'MAIL FROM:<a@b.test>')
  assert.match(await asked(client, 2, 'RCPT TO:<x@example.test>', 'RCPT TO:<y@example.test>'), /^550 .*\r\n550 /)
  client.send('RCPT TO:<@>\r\nRCPT TO:<alice@example.test>\r\n')
  await turn()
  assert.equal(client.take(), '')
  clock.advance(1000)
  assert.match(await client.receiveUntil(2), /^501 .*\r\n250 .*\r\n$/)
  assert.match(await asked(client, 1, 'DATA'), /^354 /)
  assert.match(await asked(client, 1, 'text', '.'), /^250 /)
  assert.match(await asked(client, 2, 'NOPE', 'NOPE'), /^500 .*\r\n500 .*\r\n$/)
})

test('a shutdown ends such a wait at once', async () => {
  await using place = await smtpPlace()
  await using session = await greeted(place)
  const { client, drain } = session
  await asked(client, 2, 'NOPE', 'NOPE')
  client.send('NOPE\r\nNOOP\r\n')
  await turn()
  assert.equal(client.take(), '')
  drain.abort()
  assert.match(await client.receiveUntil(2), /^500 .*\r\n421 4\.3\.2 .*\r\n$/)
})

interface Greeted extends AsyncDisposable {
  readonly client: MemoryPeer
  readonly clock: ManualClock
  readonly drain: AbortController
}

/** A session on MX in which two errors are free, and further ones wait for 1, 2, 4 and 5 s. */
async function greeted(place: SmtpPlace): Promise<Greeted> {
  const [clock, drain] = [manualClock(), new AbortController()]
  const { server, client } = memoryChannelPair({ clock })
  const limits = { tarpitAfter: 2, tarpitFirstMs: 1000, tarpitLongestMs: 5000 }
  const ended = place
    .session('mx', { clock, limits })(server, drain.signal)
    .finally(() => server.close())
  await client.receiveUntil(1)
  return {
    client,
    clock,
    drain,
    async [Symbol.asyncDispose]() {
      drain.abort()
      client.end()
      await ended
    },
  }
}

/** The replies to the commands, once there are so many lines of them. */
async function asked(client: MemoryPeer, lines: number, ...commands: readonly string[]): Promise<string> {
  client.send(commands.map(command => `${command}\r\n`).join(''))
  return await client.receiveUntil(lines)
}

/** For what needs nothing but the event loop: by then it is done, or it waits for something else. */
async function turn(): Promise<void> {
  await setImmediate()
}

test('a refusal stands in the log in the words that the client reads', async () => {
  await using place = await smtpPlace()
  await using session = await greeted(place)
  const { client } = session
  await asked(client, 1, 'HELO client.test')
  const told = [await asked(client, 1, 'MAIL FROM:<a@b.test> COLOUR=RED')]
  await asked(client, 1, 'MAIL FROM:<a@b.test>')
  told.push(await asked(client, 1, 'RCPT TO:<nobody@example.test>'))
  const logged = place.log.events.map(({ fields }) => fields['reply']).filter(reply => reply !== undefined)
  assert.deepEqual(
    logged,
    told.map(reply => reply.trimEnd()),
  )
})

// Dots, and chunks whose content looks like commands: a message of each way is taken, and one of each refused.
const chunk = (octets: string, last = '') => `BDAT ${octets.length}${last}\r\n${octets}`
const begin = 'MAIL FROM:<>\r\nRCPT TO:<x@example.test>\r\nRCPT TO:<alice@example.test>\r\n'
const input = [
  'EHLO x\r\n',
  `${begin}DATA\r\nReturn-Path: <>\r\nA: b\r\n\r\n..\r\nQUIT\r\n.\r\n`,
  `${begin}DATA\r\n\n.\r\n\r.\r\n.\r\n`,
  chunk('QUIT\r\n', ' LAST'),
  `${begin}${chunk('A: RSET\r\n\r')}${chunk('\n.\r\n')}${chunk('', ' LAST')}`,
  `${begin}${chunk('a\r\nb\r')}${chunk('c\n', ' LAST')}`,
  'NOOP\nNOOP\r\nWHAT\r\nQUIT\r\n',
].join('')
const codes = '250 250 550 250 354 250 250 550 250 354 554 503'
const codesOfChunks = '250 550 250 250 250 250 250 550 250 250 554 500 250 500 221'

test('wherever the input of a session is split, the answers and what is stored are the same', async () => {
  await using place = await smtpPlace()
  const whole = await played(place, [input])
  const [answered, ...messages] = whole
  assert.equal(answered.match(/^\d{3}(?= )/gm)?.join(' '), `220 ${codes} ${codesOfChunks}`)
  assert.equal(messages.length, 2)
  for (let at = 1; at < input.length; at += 1) {
    const split = await played(place, [input.slice(0, at), input.slice(at)])
    assert.deepEqual(split, whole, `split before ${JSON.stringify(input.slice(at, at + 20))}`)
  }
  assert.deepEqual(await played(place, [...input]), whole, 'octet by octet')
})

/** What a client reads that sends each piece when the server waits for it, and the messages that it leaves in the mailbox. */
async function played(place: SmtpPlace, pieces: readonly string[]): Promise<readonly [string, ...string[]]> {
  const { server, client } = memoryChannelPair({ clock: manualClock() })
  const before = (await place.store.mailbox(1, 'INBOX'))?.exists ?? 0
  const run = place.session('mx', { random: seededRandom(1) })
  const ended = run(server, new AbortController().signal).finally(() => server.close())
  let answers = await client.receiveUntil(1)
  for (const piece of pieces) {
    client.send(piece)
    answers += await client.receive()
  }
  await ended
  return [answers + client.take(), ...(await stored(place, before))]
}

/** The messages of alice's INBOX but the first ones. */
async function stored({ store }: SmtpPlace, but: number): Promise<readonly string[]> {
  const inbox = await store.mailbox(1, 'INBOX')
  assert.ok(inbox)
  using view = await store.openView(1, inbox.mailboxId)
  const messages: string[] = []
  for (const messageId of view?.current.messageIds.slice(but, inbox.exists) ?? []) {
    const message = await store.message(1, messageId)
    assert.ok(message)
    messages.push(Buffer.from(await message.read(0, message.sizeBytes)).toString('latin1'))
  }
  return messages
}

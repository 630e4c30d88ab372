// What a transcript can't see of an SMTP session: how many writes replies take, and that one is not there yet.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Channel } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
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

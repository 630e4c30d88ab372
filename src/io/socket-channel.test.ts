import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { Channel, Endpoint } from './channel.ts'
import { limits } from './limits.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { socketChannel, socketServerOptions } from './socket-channel.ts'

interface Connected extends AsyncDisposable {
  readonly channel: Channel
  readonly accepted: net.Socket
  readonly client: net.Socket
  readonly clock: ManualClock
}

/** A real connection on 127.0.0.1, the server's end as a channel on a clock that stands still. */
async function connected(ends: { remote?: Endpoint; local?: Endpoint } = {}): Promise<Connected> {
  const server = net.createServer(socketServerOptions).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo // a TCP server's address is never text
  const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.on('error', () => {})
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')])
  assert.ok(accepted)
  const clock = manualClock()
  const channel = socketChannel(accepted, { id: 'c1', clock, ...ends })
  return {
    channel,
    accepted,
    client,
    clock,
    async [Symbol.asyncDispose]() {
      client.destroy()
      channel.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function textRead(channel: Channel, characters: number): Promise<string> {
  let text = ''
  while (text.length < characters) {
    const bytes = await channel.read(1000)
    if (bytes === undefined) break
    text += Buffer.from(bytes).toString('latin1')
  }
  return text
}

async function textReceived(client: net.Socket): Promise<string> {
  let text = ''
  for await (const bytes of client) text += Buffer.from(bytes).toString('utf8')
  return text
}

test('bytes go both ways, in order, and the ends are known', async () => {
  await using both = await connected()
  const { channel, client } = both
  assert.equal(channel.remote.address, '127.0.0.1')
  assert.equal(channel.remote.port, client.localPort)
  assert.equal(channel.local.port, client.remotePort)
  channel.write('220 ')
  channel.write(Buffer.from('hé'))
  channel.write('llo')
  channel.write('\r\n')
  const reading = channel.read(1000)
  const [greeting] = await once(client, 'data')
  assert.equal(String(greeting), '220 héllo\r\n')
  client.write('EHLO x\r\n')
  assert.equal(Buffer.from((await reading) ?? []).toString(), 'EHLO x\r\n')
})

test('a proxy’s word on the two ends counts, IPv4 always as IPv4', async () => {
  const remote = { address: '::ffff:192.0.2.7', port: 40_000 }
  const local = { address: '2001:db8::1', port: 25 }
  await using both = await connected({ remote, local })
  assert.deepEqual(both.channel.remote, { address: '192.0.2.7', port: 40_000 })
  assert.deepEqual(both.channel.local, local)
})

test('many pieces leave in order, however they were gathered', async () => {
  await using both = await connected()
  const { channel, client } = both
  const received = textReceived(client)
  let wanted = ''
  for (let line = 0; line < 5000; line++) {
    wanted += `* ${line} FETCH ${'x'.repeat(line % 40)}\r\n`
    channel.write(`* ${line} FETCH `)
    channel.write(Buffer.from('x'.repeat(line % 40)))
    channel.write('\r\n')
  }
  client.end()
  await channel.close()
  assert.equal(await received, wanted)
})

test('the end of the peer is undefined, and replies still reach it', async () => {
  await using both = await connected()
  const { channel, client } = both
  const received = textReceived(client)
  client.end('QUIT\r\n')
  assert.equal(await textRead(channel, 6), 'QUIT\r\n')
  assert.equal(await channel.read(1000), undefined)
  assert.equal(await channel.read(1000), undefined)
  channel.write('221 bye\r\n')
  await channel.close()
  assert.equal(await received, '221 bye\r\n')
})

test('a client that sends much is held back while nothing reads', async () => {
  await using both = await connected()
  const { channel, client, accepted } = both
  const sizeBytes = 40_000_000
  const first = channel.read(1000)
  client.end(Buffer.alloc(sizeBytes, 'a'))
  let bytes = await first
  await new Promise<void>(resolve => {
    // The socket pauses once the limit is reached; from then on it reads nothing more.
    const look = () => (accepted.isPaused() ? resolve() : setImmediate(look))
    look()
  })
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.ok(accepted.bytesRead < limits.unreadBytes + 4 * 65_536, `${accepted.bytesRead} octets were read ahead`)
  let total = 0
  for (; bytes !== undefined; bytes = await channel.read(1000)) total += bytes.length
  assert.equal(total, sizeBytes)
})

test('a client that takes nothing holds the flush, until its time is over', async () => {
  await using both = await connected()
  const { channel, client, clock } = both
  client.pause()
  let held: Promise<void> | undefined
  for (let megabyte = 0; megabyte < 100 && held === undefined; megabyte++) {
    channel.write(Buffer.alloc(1_000_000))
    const flushed = channel.flush()
    const settled = await Promise.race([flushed.then(() => true), new Promise(resolve => setImmediate(resolve, false))])
    if (!settled) held = flushed
  }
  assert.ok(held, 'a flush waits before 100 MB')
  clock.advance(limits.flushTimeoutMs + 3_600_000)
  await assert.rejects(held, { name: 'ChannelError', reason: 'timeout' })
})

test('a flush that waited settles when the client takes it', async () => {
  await using both = await connected()
  const { channel, client } = both
  const flushes: Promise<void>[] = []
  for (let megabyte = 0; megabyte < 20; megabyte++) {
    channel.write(Buffer.alloc(1_000_000))
    flushes.push(channel.flush())
  }
  let receivedBytes = 0
  client.on('data', bytes => {
    receivedBytes += bytes.length
  })
  await Promise.all(flushes)
  client.end()
  const all = once(client, 'end')
  await channel.close()
  await all
  assert.equal(receivedBytes, 20_000_000)
})

test('a read times out by the clock, and a following read may succeed', async () => {
  await using both = await connected()
  const { channel, client, clock } = both
  const first = channel.read(5000)
  clock.advance(4999)
  client.write('a')
  assert.equal((await first)?.length, 1)
  const second = channel.read(5000)
  clock.advance(4999)
  const nothingYet = await Promise.race([second, Promise.resolve('waits')])
  assert.equal(nothingYet, 'waits')
  clock.advance(1)
  await assert.rejects(second, { name: 'ChannelError', reason: 'timeout' })
  const shorter = channel.read(10)
  clock.advance(10)
  await assert.rejects(shorter, { reason: 'timeout' })
  const third = channel.read(5000)
  client.write('b')
  assert.equal((await third)?.length, 1)
})

test('a reset rejects the read with broken, and nothing goes unhandled', async () => {
  await using both = await connected()
  const { channel, client } = both
  const reading = channel.read(1000)
  client.resetAndDestroy()
  await assert.rejects(reading, { name: 'ChannelError', reason: 'broken' })
  await assert.rejects(channel.read(1000), { reason: 'broken' })
  await assert.rejects(channel.flush(), { reason: 'broken' })
  channel.write('into the void')
  await channel.close()
})

test('close waits for the peer, but not for ever', async () => {
  await using both = await connected()
  const { channel, client, clock } = both
  client.resume()
  const left = channel.read(60_000)
  channel.write('bye\r\n')
  const closed = channel.close()
  assert.equal(await left, undefined)
  await once(client, 'end') // it has the bytes, and does not end its side
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
  clock.advance(limits.lingerMs)
  await closed
  assert.equal(channel.close(), channel.close())
})

test('two reads at once are a fault; startTls without a certificate too', async () => {
  await using both = await connected()
  const { channel } = both
  const first = channel.read(1000)
  await assert.rejects(channel.read(1000), /already/)
  assert.equal(channel.canStartTls, false)
  await assert.rejects(channel.startTls(), /cannot/)
  channel.destroy()
  await assert.rejects(first, { reason: 'broken' })
})

test('single octets that nobody reads are joined', async () => {
  await using both = await connected()
  const { channel, client, accepted } = both
  const first = channel.read(1000)
  client.setNoDelay(true)
  client.write('0')
  await first
  for (let count = 0; count < 200; count++) {
    client.write(String(count % 10))
    while (accepted.bytesRead < count + 2) await new Promise(resolve => setImmediate(resolve))
  }
  let pieces = 0
  let text = ''
  while (text.length < 200) {
    text += Buffer.from((await channel.read(1000)) ?? []).toString()
    pieces++
  }
  assert.equal(text, '0123456789'.repeat(20))
  assert.ok(pieces <= limits.unreadPieces + 1, `${pieces} pieces`)
})

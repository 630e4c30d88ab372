import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ChannelError } from './channel.ts'
import { deflatedChannel } from './deflated-channel.ts'
import { manualClock } from './manual-clock.ts'
import { memoryChannelPair } from './memory-channel.ts'

const synced = { finishFlush: constants.Z_SYNC_FLUSH }

function deflated(text: string | Uint8Array): Uint8Array {
  return deflateRawSync(text, synced)
}

function inflated(text: string): string {
  return inflateRawSync(Buffer.from(text, 'latin1'), synced).toString('latin1')
}

async function readAll(read: () => Promise<Uint8Array | undefined>, sizeBytes: number): Promise<string> {
  let text = ''
  while (text.length < sizeBytes) {
    const piece = await read()
    if (piece === undefined) break
    text += Buffer.from(piece).toString('latin1')
  }
  return text
}

test('what is written leaves compressed at each flush and at each read', async () => {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  channel.write('* OK one\r\n')
  channel.write(Buffer.from('* OK two\r\n'))
  await channel.flush()
  let sent = client.take()
  assert.equal(inflated(sent), '* OK one\r\n* OK two\r\n')
  channel.write('a OK three\r\n')
  const reading = channel.read(1000)
  sent += await client.receive()
  assert.equal(inflated(sent), '* OK one\r\n* OK two\r\na OK three\r\n')
  client.end()
  assert.equal(await reading, undefined)
})

test('nothing is sent where nothing was written', async () => {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  await channel.flush()
  assert.equal(client.take(), '')
})

test('a large answer comes whole, by flushes that overlap', async () => {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  const line = `${'0123456789'.repeat(9)}\r\n`
  const flushes: Promise<void>[] = []
  for (let round = 0; round < 50; round += 1) {
    channel.write(line.repeat(200))
    flushes.push(channel.flush())
  }
  await Promise.all(flushes)
  const sent = client.take()
  assert.equal(inflated(sent), line.repeat(10_000))
  assert.ok(sent.length < 100_000)
})

test('what comes is inflated, at every split of the input', async () => {
  const text = 'a NOOP\r\nb SELECT INBOX\r\nc NOOP\r\n'
  const bytes = deflated(text)
  for (let split = 1; split < bytes.length; split += 1) {
    const { server, client } = memoryChannelPair()
    using channel = deflatedChannel(server)
    client.send(bytes.slice(0, split))
    client.send(bytes.slice(split))
    client.end()
    assert.equal(await readAll(() => channel.read(1000), Number.POSITIVE_INFINITY), text)
  }
})

test('a bomb is inflated as it is read, no further', async () => {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  const size = 200 * 1024 * 1024
  client.send(deflated(Buffer.alloc(size)))
  const before = process.memoryUsage().rss
  const first = await channel.read(1000)
  assert.ok(first !== undefined && first.length <= 128 * 1024, `${first?.length}`)
  assert.ok(process.memoryUsage().rss - before < 50 * 1024 * 1024)
})

test('octets that are no deflate break the connection', async () => {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  client.send('a NOOP\r\n')
  await assert.rejects(channel.read(1000), (error: ChannelError) => error.reason === 'broken')
})

test('the end of the compressed stream is the end of the client', async () => {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  client.send(deflateRawSync('a LOGOUT\r\n'))
  client.send(deflated('b NOOP\r\n'))
  assert.equal(await readAll(() => channel.read(1000), Number.POSITIVE_INFINITY), 'a LOGOUT\r\n')
})

test('a read that times out leaves the channel whole', async () => {
  const clock = manualClock()
  const { server, client } = memoryChannelPair({ clock })
  using channel = deflatedChannel(server)
  const silent = channel.read(1000)
  await client.receive()
  clock.advance(1000)
  await assert.rejects(silent, (error: ChannelError) => error.reason === 'timeout')
  client.send(deflated('a NOOP\r\n'))
  assert.equal(await readAll(() => channel.read(1000), 8), 'a NOOP\r\n')
})

test('close sends what was written', async () => {
  const { server, client } = memoryChannelPair()
  const channel = deflatedChannel(server)
  channel.write('* BYE\r\n')
  await channel.close()
  assert.ok(client.closed)
  assert.equal(inflated(client.take()), '* BYE\r\n')
})

/** The command that comes, its answer, `end`, and what is read behind it; undefined where `end` gives nothing. */
async function readBehind(pieces: readonly Uint8Array[], late: readonly Uint8Array[]): Promise<string | undefined> {
  const { server, client } = memoryChannelPair()
  using channel = deflatedChannel(server)
  for (const piece of pieces) client.send(piece)
  const command = 'a NOOP\r\n'
  assert.equal((await readAll(() => channel.read(1000), command.length)).slice(0, command.length), command)
  channel.write('a OK\r\n')
  const behind = await channel.end()
  server.write('* in the clear\r\n')
  await server.flush()
  const sent = client.take()
  assert.equal(inflateRawSync(Buffer.from(sent.slice(0, -16), 'latin1')).toString('latin1'), 'a OK\r\n')
  assert.equal(sent.slice(-16), '* in the clear\r\n')
  for (const piece of late) client.send(piece)
  client.end()
  return behind && (await readAll(() => behind.read(1000), Number.POSITIVE_INFINITY))
}

test('end finishes the stream, and reads on behind the end of the client', async () => {
  const clear = Buffer.from('b NOOP\r\n')
  const pieces: readonly (readonly [pieces: readonly Uint8Array[], rest: string | undefined])[] = [
    [[deflateRawSync('a NOOP\r\n')], ''],
    [[deflateRawSync('a NOOP\r\n'), clear], 'b NOOP\r\n'],
    [[deflated('a NO'), deflateRawSync('OP\r\n'), clear], 'b NOOP\r\n'],
    // Its stream is not finished, or goes on.
    [[deflated('a NOOP\r\n')], ''],
    [[deflated(`a NOOP\r\n${'x'.repeat(300_000)}`)], undefined],
  ]
  for (const [parts, wanted] of pieces) assert.equal(await readBehind([Buffer.concat(parts)], []), wanted)
})

test('the end of the client may come later, at any split, with text in the clear behind it or none', async () => {
  const [command, clear] = ['a NOOP\r\n', Buffer.from('b NOOP\r\nc NOOP\r\n')]
  const ends: readonly (readonly [whole: Uint8Array, first: number])[] = [
    // The command in the last block of the stream.
    [deflateRawSync(command), 8],
    // Behind a flush: the end as zlib writes it, as others do, with flushes before it, and none.
    [Buffer.concat([deflated(command), Buffer.from('0300', 'hex')]), 8],
    [Buffer.concat([deflated(command), Buffer.from('010000ffff', 'hex')]), 8],
    [Buffer.concat([deflated(command), Buffer.from('000000ffff000000ffff0300', 'hex')]), 8],
    [deflated(command), 8],
  ]
  for (const [whole, first] of ends) {
    for (let split = first; split <= whole.length; split += 1) {
      // It may not be inflated yet: then the rest comes in two pieces, and the first of them with the command.
      const [head, tail] = [whole.subarray(0, split), whole.subarray(split)]
      if (inflateRawSync(head, synced).toString('latin1') !== command) continue
      const late = [[Buffer.concat([tail, clear])], [tail, clear], [...octetsOf(tail), ...octetsOf(clear)]]
      for (const pieces of late)
        assert.equal(
          await readBehind(
            [head],
            pieces.filter(piece => piece.length > 0),
          ),
          clear.toString('latin1'),
        )
      assert.equal(await readBehind([head, tail].slice(0, 1), tail.length > 0 ? [tail] : []), '')
    }
  }
})

test('what is more than the end of the client breaks the connection', async () => {
  const broken = (error: ChannelError) => error.reason === 'broken'
  const command = deflateRawSync('a NOOP\r\n')
  // Not the end of its last block; without an end.
  await assert.rejects(readBehind([command.subarray(0, -1)], [Buffer.alloc(1, 0xff), deflated('b NOOP\r\n')]), broken)
  const flushes = Buffer.from('000000ffff'.repeat(100), 'hex')
  await assert.rejects(readBehind([deflated('a NOOP\r\n')], [flushes]), broken)
})

function octetsOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, octet => Uint8Array.of(octet))
}

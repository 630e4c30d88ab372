import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Channel } from './channel.ts'
import { manualClock } from './manual-clock.ts'
import { memoryChannelPair } from './memory-channel.ts'

/** Greets, then answers each piece with its length after some promises; ends at the client's end. */
async function lengthSession(channel: Channel): Promise<void> {
  channel.write('hello\r\n')
  for (;;) {
    const bytes = await channel.read(1000)
    if (bytes === undefined) break
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    channel.write(`${bytes.length}\r\n`)
  }
  channel.write('bye\r\n')
  await channel.close()
}

test('receive settles when the server waits for input again', async () => {
  const { server, client } = memoryChannelPair()
  const session = lengthSession(server)
  assert.equal(await client.receive(), 'hello\r\n')
  client.send('abc')
  client.send(new Uint8Array(5))
  assert.equal(await client.receive(), '3\r\n5\r\n')
  assert.equal(await client.receive(), '')
  client.end()
  assert.equal(await client.receive(), 'bye\r\n')
  assert.equal(client.closed, true)
  await session
})

test('receive waits for a session that works across event loop turns', async () => {
  const { server, client } = memoryChannelPair()
  const session = (async () => {
    await server.read(1000)
    await new Promise(resolve => setImmediate(resolve))
    server.write('late\r\n')
    await server.close()
  })()
  client.send('x')
  assert.equal(await client.receive(), 'late\r\n')
  await session
})

test('receiveUntil takes what a waiting session says unasked', async () => {
  const { server, client } = memoryChannelPair()
  const reading = server.read(1000)
  const twoLines = client.receiveUntil(2)
  server.write('* 1 EXISTS\r\n')
  await server.flush()
  server.write('* 2 EXISTS\r\n')
  assert.equal(client.take(), '* 1 EXISTS\r\n', 'what is not flushed is not there')
  await server.flush()
  server.write('* 3 EXISTS\r\n')
  await server.flush()
  assert.equal(await twoLines, '* 2 EXISTS\r\n* 3 EXISTS\r\n')
  const never = client.receiveUntil(text => text.includes('4'))
  await server.close()
  await assert.rejects(never, /closed before/)
  assert.equal(await reading, undefined)
})

test('text is octets: UTF-8 written arrives as latin1', async () => {
  const { server, client } = memoryChannelPair()
  server.write('é')
  await server.flush()
  assert.equal(client.take(), 'Ã©')
  client.send('\xff')
  assert.deepEqual([...((await server.read(1)) ?? [])], [255])
  assert.throws(() => client.send('€'), /above U\+00FF/)
})

test('startTls sets tls, and refuses when the client sent ahead', async () => {
  const good = memoryChannelPair({ tls: true })
  assert.equal(good.server.canStartTls, true)
  await good.server.startTls()
  assert.equal(good.server.tls?.version, 'TLSv1.3')
  assert.equal(good.server.canStartTls, false)

  const ahead = memoryChannelPair({ tls: true })
  ahead.client.send('NOOP\r\n')
  await assert.rejects(ahead.server.startTls(), { name: 'ChannelError', reason: 'unread-bytes' })

  assert.equal(memoryChannelPair().server.canStartTls, false)
  assert.notEqual(memoryChannelPair({ implicitTls: true }).server.tls, undefined)
})

test('a read times out on the clock, and a following read may succeed', async () => {
  const clock = manualClock()
  const { server, client } = memoryChannelPair({ clock })
  const first = server.read(1000)
  await client.receive()
  clock.advance(999)
  client.send('a')
  assert.equal((await first)?.length, 1)
  const second = server.read(1000)
  await client.receive()
  clock.advance(1000)
  await assert.rejects(second, { reason: 'timeout' })
  client.send('b')
  assert.equal((await server.read(1000))?.length, 1)
})

test('a broken or destroyed channel rejects', async () => {
  const reset = memoryChannelPair()
  const reading = reset.server.read(1000)
  reset.client.reset()
  await assert.rejects(reading, { reason: 'broken' })
  await assert.rejects(reset.server.flush(), { reason: 'broken' })

  const destroyed = memoryChannelPair()
  const left = destroyed.server.read(1000)
  await destroyed.client.receive()
  destroyed.server.destroy()
  await assert.rejects(left, { reason: 'broken' })
  assert.equal(destroyed.client.closed, true)
})

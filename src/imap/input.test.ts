import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { memoryChannelPair } from '#io/memory-channel.ts'
import { Input } from './input.ts'

test('octets that come while the bell rings are kept for the next wait', async () => {
  const { server, client } = memoryChannelPair()
  const input = new Input(server)
  const first = input.wait(1000)
  input.ring()
  client.send('a NOOP\r\n')
  assert.equal(await first, 'rung')
  assert.equal(await input.wait(1000), 'bytes')
  assert.deepEqual(input.receiver.next(), { kind: 'command', text: 'a NOOP' })
})

test('a ring before the wait is not lost, and rings once', async () => {
  const { server, client } = memoryChannelPair()
  const input = new Input(server)
  input.ring()
  input.ring()
  assert.equal(await input.wait(1000), 'rung')
  client.end()
  assert.equal(await input.wait(1000), 'end')
})

test('silence is told, and the next wait reads on', async () => {
  const clock = manualClock()
  const { server, client } = memoryChannelPair({ clock })
  const input = new Input(server)
  const waiting = input.wait(1000)
  await client.receive()
  clock.advance(1000)
  assert.equal(await waiting, 'timeout')
  client.send('x')
  assert.equal(await input.wait(1000), 'bytes')
})

test('a broken connection rises', async () => {
  const { server, client } = memoryChannelPair()
  const waiting = new Input(server).wait(1000)
  await client.receive()
  client.reset()
  await assert.rejects(waiting, { name: 'ChannelError', reason: 'broken' })
})

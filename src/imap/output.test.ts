import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryChannelPair } from '#io/memory-channel.ts'
import { outputChars } from './limits.ts'
import { Output } from './output.ts'

test('text and octets leave in their order, a character per octet', async () => {
  const { server, client } = memoryChannelPair()
  const output = new Output(server)
  output.text('a\xe9')
  output.bytes(new Uint8Array([0, 255]))
  output.text('b')
  assert.equal(client.take(), '')
  await output.flush()
  assert.equal(client.take(), 'a\xe9\0\xffb')
})

test('much text asks for a flush', async () => {
  const { server, client } = memoryChannelPair()
  const output = new Output(server)
  output.text('x'.repeat(outputChars - 1))
  assert.equal(output.isFull, false)
  output.text('x')
  assert.equal(output.isFull, true)
  await output.flush()
  assert.equal(output.isFull, false)
  assert.equal(client.take().length, outputChars)
})

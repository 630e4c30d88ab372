import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryChannelPair } from '#io/memory-channel.ts'
import { ok, refusal } from '#wire/pop3/print.ts'
import type { Reply } from './reply.ts'
import { ReplyWriter } from './reply-writer.ts'

async function* pieces(...texts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text
    yield Buffer.from(text)
  }
}

const message = (content: Uint8Array | AsyncIterable<Uint8Array>): Reply => ({ kind: 'message', text: 'mail', content })

const cases: readonly [name: string, reply: () => Reply, wanted: string][] = [
  ['ok', () => ok('fine'), '+OK fine\r\n'],
  ['a refusal', () => refusal('no', 'AUTH'), '-ERR [AUTH] no\r\n'],
  ['a challenge', () => ({ kind: 'challenge', bytes: Buffer.from('Username:') }), '+ VXNlcm5hbWU6\r\n'],
  ['a listing', () => ({ kind: 'listing', text: 'all', lines: ['1 2', '3 4'] }), '+OK all\r\n1 2\r\n3 4\r\n.\r\n'],
  ['a whole message', () => message(Buffer.from('a\r\n.b\r\n')), '+OK mail\r\na\r\n..b\r\n.\r\n'],
  ['a message in pieces', () => message(pieces('a\r', '\n', '.b', '\r\n')), '+OK mail\r\na\r\n..b\r\n.\r\n'],
  ['a message of no octets', () => message(pieces()), '+OK mail\r\n.\r\n'],
]

for (const [name, reply, wanted] of cases) {
  test(`pop3 replies: ${name}`, async () => {
    const { server, client } = memoryChannelPair()
    const writer = new ReplyWriter(server)
    await writer.write(reply())
    assert.equal(writer.isMidway, false)
    await server.close()
    assert.equal(client.take(), wanted)
  })
}

test('pop3 replies: a message that can not be read at all has said nothing, one that breaks off is midway', async () => {
  const { server, client } = memoryChannelPair()
  const writer = new ReplyWriter(server)
  await assert.rejects(writer.write(message(pieces(new Error('gone')))), /gone/)
  await server.flush()
  assert.equal(client.take(), '')
  assert.equal(writer.isMidway, false)
  await assert.rejects(writer.write(message(pieces('a\r\n', new Error('gone')))), /gone/)
  await server.flush()
  assert.equal(client.take(), '+OK mail\r\na\r\n')
  assert.equal(writer.isMidway, true)
})

test('pop3 replies: gathered up to the limit, then the client must take some', async () => {
  const { server, client } = memoryChannelPair()
  const writer = new ReplyWriter(server)
  await writer.write(message(Buffer.alloc(60_000, 'x')))
  assert.equal(client.take(), '')
  await writer.write(message(Buffer.alloc(6000, 'x')))
  assert.ok(client.take().length > 66_000)
})

import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { systemDns } from './dns.ts'

/** A resolver on 127.0.0.1 that answers every question by `answer`, or not at all. */
async function resolverThat(answer: (question: Buffer) => Buffer | undefined) {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (question, from) => {
    const reply = answer(question)
    if (reply !== undefined) socket.send(reply, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, [Symbol.asyncDispose]: async () => void socket.close() }
}

/** The reply that gives one PTR record, its name in labels. */
function pointsTo(question: Buffer, labels: readonly string[]): Buffer {
  const name = Buffer.concat([...labels.map(label => Buffer.from(`\x00${label}`)), Buffer.from([0])])
  let at = 0
  for (const label of labels) {
    name[at] = label.length
    at += label.length + 1
  }
  const header = Buffer.from(question.subarray(0, 12))
  header.writeUInt16BE(0x8180, 2)
  header.writeUInt16BE(1, 6)
  header.writeUInt16BE(0, 10)
  const questionEnd = question.indexOf(0, 12) + 5
  const record = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, name.length])
  return Buffer.concat([header, question.subarray(12, questionEnd), record, name])
}

test('the names of an address come from the resolver that was set', async () => {
  const asked: string[] = []
  await using resolver = await resolverThat(question => {
    asked.push(question.toString('latin1'))
    return pointsTo(question, ['mail', 'example', 'test'])
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.reverse('192.0.2.7'), ['mail.example.test'])
  assert.ok(asked[0]?.includes('\x017\x012\x010\x03192\x07in-addr\x04arpa'))
})

test('no answer in time, no such name, no address: no names', async () => {
  await using silent = await resolverThat(() => undefined)
  const late = systemDns({ server: '127.0.0.1', port: silent.port, timeoutMs: 20 })
  assert.deepEqual(await late.reverse('192.0.2.7'), [])
  await using unknowing = await resolverThat(question => {
    const reply = Buffer.from(question)
    reply.writeUInt16BE(0x8183, 2)
    return reply
  })
  const dns = systemDns({ server: '127.0.0.1', port: unknowing.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.reverse('192.0.2.7'), [])
  assert.deepEqual(await dns.reverse('not an address'), [])
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import tls from 'node:tls'
import type { Channel } from '#io/channel.ts'
import { allReceived, certificate, connect, received, setUp, until, upgrade } from './echo-listener.ts'
import { limits } from './limits.ts'

test('a session runs on each connection, and its end closes the connection', async () => {
  const { listening, throttle } = setUp()
  await using listener = await listening
  assert.equal(listener.address, '127.0.0.1')
  const [one, two] = [connect(listener.port), connect(listener.port)]
  assert.equal(await received(one), 'hello plain\r\n')
  assert.equal(await received(two), 'hello plain\r\n')
  assert.equal(listener.sessions, 2)
  two.write('ping')
  assert.equal(await received(two), 'ping')
  one.end()
  two.end()
  await Promise.all([once(one, 'close'), once(two, 'close')])
  await until(() => listener.sessions === 0)
  assert.equal(throttle.open, 0)
  await listener.drain(1000)
})

test('a fault is logged with the channel’s id, a broken connection only at debug; both end it', async () => {
  const { listening, log } = setUp()
  await using listener = await listening
  for (const what of ['fail', 'broken']) {
    const socket = connect(listener.port)
    await received(socket)
    socket.write(what)
    await once(socket, 'close')
  }
  const told = log.events.filter(({ event }) => event === 'session.fault' || event === 'connection.broke')
  assert.deepEqual(
    told.map(({ level, event, fields }) => [level, event, fields['channel']]),
    [
      ['error', 'session.fault', 'echo-1'],
      ['debug', 'connection.broke', 'echo-2'],
    ],
  )
  assert.match(String(told[0]?.fields['error']), /a fault of ours/)
  await listener.drain(1000)
})

test('one connection too many is told so, in the protocol’s words, and the log is spared', async () => {
  const { listening, log, clock } = setUp({ throttleLimits: { perAddress: 1 } })
  await using listener = await listening
  const first = connect(listener.port)
  await received(first)
  for (let count = 0; count < 3; count++) {
    const socket = connect(listener.port)
    assert.match(await allReceived(socket), /^NO Too many connections from your address \(at most 1 at once\).*\r\n$/)
  }
  const warnings = () => log.events.filter(({ event }) => event === 'connection.refused')
  assert.equal(warnings().length, 1)
  clock.advance(limits.sameEventEveryMs)
  await allReceived(connect(listener.port))
  assert.equal(warnings()[1]?.fields['unsaidBefore'], 2)
  first.destroy()
  await listener.drain(1000)
})

test('a crowd of refused connections is reset without a word', async () => {
  const { listening } = setUp({ throttleLimits: { perAddress: 0 }, limits: { ...limits, refusalsAtOnce: 1 } })
  await using listener = await listening
  const lingering = net.connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true })
  assert.match(await received(lingering), /^NO /)
  assert.equal(await allReceived(connect(listener.port)), '')
  lingering.destroy()
  await listener.drain(1000)
})

test('a drain lets sessions say goodbye, and accepts no more', async () => {
  const { listening } = setUp()
  await using listener = await listening
  const socket = connect(listener.port)
  await received(socket)
  const rest = allReceived(socket)
  const drained = listener.drain(1000)
  assert.equal(await rest, 'bye\r\n')
  await drained
  assert.equal(listener.sessions, 0)
  const late = connect(listener.port)
  const [error] = await once(late, 'error')
  assert.equal(error.code, 'ECONNREFUSED')
  assert.equal(listener.drain(1), listener.drain(1))
})

test('a drain destroys what does not end, and says what is left', async () => {
  const run = async (channel: Channel) => {
    channel.write('stuck\r\n')
    await channel.flush()
    await new Promise(() => {})
  }
  const { listening, clock, log } = setUp({ run })
  await using listener = await listening
  const socket = connect(listener.port)
  await received(socket)
  let ended = false
  const drained = listener.drain(3000).then(() => {
    ended = true
  })
  clock.advance(2999)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(socket.destroyed, false)
  clock.advance(1)
  await once(socket, 'close')
  assert.equal(ended, false)
  clock.advance(limits.settleMs)
  await drained
  assert.equal(log.events.at(-1)?.event, 'listener.sessions-left')
})

test('an address that can’t be had is told with what to do', async () => {
  const { listening } = setUp()
  await using listener = await listening
  await assert.rejects(
    setUp({ place: { host: '127.0.0.1', port: listener.port } }).listening,
    /echo: another program listens on 127\.0\.0\.1 port/,
  )
  await assert.rejects(setUp({ place: { host: '192.0.2.1', port: 0 } }).listening, /no address of this machine/)
  await assert.rejects(setUp({ tls: 'implicit' }).listening, /without a certificate/)
  await listener.drain(1000)
})

test('TLS: implicit at once, starttls when the session asks; a refusal comes under TLS', async () => {
  await using own = await certificate()
  const { contexts, ca } = own
  await using implicit = await setUp({ tls: 'implicit', contexts, throttleLimits: { perAddress: 1 } }).listening
  const secure = () => tls.connect({ port: implicit.port, host: '127.0.0.1', ca, servername: 'localhost' })
  const first = secure()
  assert.equal(await received(first), 'hello TLSv1.3\r\n')
  const second = secure()
  assert.match(await received(second), /^NO Too many/)
  first.end()
  second.end()
  await implicit.drain(1000)

  await using explicit = await setUp({ tls: 'starttls', contexts, run: upgrade }).listening
  const plain = connect(explicit.port)
  assert.equal(await received(plain), 'go\r\n')
  const upgraded = tls.connect({ socket: plain, ca, servername: 'localhost' })
  assert.equal(await received(upgraded), 'hello TLSv1.3\r\n')
  upgraded.end()
  await once(upgraded, 'close')
  await explicit.drain(1000)
})

test('a client that knocks on an implicit TLS port in the clear ends quietly', async () => {
  await using own = await certificate()
  const { listening, log } = setUp({ tls: 'implicit', contexts: own.contexts })
  await using listener = await listening
  const socket = connect(listener.port)
  socket.write('EHLO in the clear\r\n')
  await once(socket.resume(), 'close')
  assert.deepEqual(
    log.events.filter(({ level }) => level !== 'debug'),
    [],
  )
  await listener.drain(1000)
})

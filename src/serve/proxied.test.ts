import assert from 'node:assert/strict'
import { once } from 'node:events'
import type net from 'node:net'
import { test } from 'node:test'
import tls from 'node:tls'
import type { Channel } from '#io/channel.ts'
import { trustedNetworks } from '#throttle/trusted.ts'
import { allReceived, certificate, connect, received, repeat, setUp, until, upgrade } from './echo-listener.ts'
import { limits } from './limits.ts'

const proxy = '127.0.0.2'
const proxyFrom = trustedNetworks([proxy])
const header = 'PROXY TCP4 192.0.2.7 203.0.113.9 40000 25\r\n'
const mapped = 'PROXY TCP6 ::ffff:192.0.2.7 ::1 40000 25\r\n'
const local = Buffer.from('\r\n\r\n\0\r\nQUIT\n\x20\0\0\0', 'latin1')

/** Says who is there, then echoes. */
async function introduce(channel: Channel, drain: AbortSignal): Promise<void> {
  const { remote, local } = channel
  channel.write(`${remote.address} ${remote.port > 0 ? 'port' : '-'} to ${local.address}\r\n`)
  await repeat(channel, drain)
}

function fromProxy(listener: { readonly port: number }): net.Socket {
  return connect(listener.port, proxy)
}

test('the client’s address is the header’s: for the session, the accept limits and the log', async () => {
  const { listening, log } = setUp({ proxyFrom, run: introduce, throttleLimits: { perAddress: 1 } })
  await using listener = await listening
  const first = fromProxy(listener)
  first.write(header)
  assert.equal(await received(first), '192.0.2.7 port to 203.0.113.9\r\n')
  const second = fromProxy(listener)
  second.write(mapped)
  assert.match(await allReceived(second), /^NO Too many connections from your address/)
  const another = fromProxy(listener)
  another.write(header.replace('192.0.2.7', '192.0.2.8'))
  assert.equal(await received(another), '192.0.2.8 port to 203.0.113.9\r\n')
  assert.deepEqual(
    log.events
      .filter(({ event }) => event === 'connection.opened' || event === 'connection.refused')
      .map(({ fields }) => [fields['remote'], fields['proxy']]),
    [
      ['192.0.2.7', proxy],
      ['192.0.2.7', proxy],
      ['192.0.2.8', proxy],
    ],
  )
  first.end()
  another.end()
  await listener.drain(1000)
})

test('a proxy that speaks for itself, or doesn’t know for whom, is itself the client', async () => {
  const { listening } = setUp({ proxyFrom, run: introduce })
  await using listener = await listening
  for (const given of [local, 'PROXY UNKNOWN\r\n']) {
    const socket = fromProxy(listener)
    socket.write(given)
    assert.equal(await received(socket), '127.0.0.2 port to 127.0.0.1\r\n')
    socket.end()
  }
  await listener.drain(1000)
})

test('the accept limits don’t count the proxy itself, and a wait for a header counts among all', async () => {
  const { listening, throttle } = setUp({ proxyFrom, run: introduce, throttleLimits: { inAll: 2, burst: 1 } })
  await using listener = await listening
  const silent = fromProxy(listener)
  await until(() => throttle.open === 1)
  const served = fromProxy(listener)
  served.write(header)
  assert.match(await received(served), /^192\.0\.2\.7/)
  assert.equal(throttle.open, 2)
  assert.equal(await allReceived(fromProxy(listener)), '')
  silent.destroy()
  await until(() => throttle.open === 1)
  served.destroy()
  await until(() => throttle.open === 0)
  await listener.drain(1000)
})

test('without a header from a proxy the connection is dropped, after a while if nothing comes, and the log is spared', async () => {
  const { listening, log, clock, throttle } = setUp({ proxyFrom })
  await using listener = await listening
  for (const given of ['EHLO client.test\r\n', 'PROXY TCP4 192.0.2.7\r\n', '\x16\x03\x01']) {
    const socket = fromProxy(listener)
    socket.write(given)
    assert.equal(await allReceived(socket), '')
  }
  const slow = fromProxy(listener)
  slow.write(header.slice(0, 20))
  const rest = allReceived(slow)
  await until(() => throttle.open === 1)
  clock.advance(limits.proxyHeaderMs - 1)
  assert.equal(slow.destroyed, false)
  clock.advance(1)
  assert.equal(await rest, '')
  const refused = log.events.filter(({ event }) => event === 'proxy-header.refused')
  assert.deepEqual(
    refused.map(({ fields }) => [fields['remote'], fields['reason'], fields['unsaidBefore']]),
    [
      [proxy, 'neither version begins so', undefined],
      [proxy, `it did not come within ${limits.proxyHeaderMs} ms`, 2],
    ],
  )
  assert.equal(throttle.open, 0)
  await listener.drain(1000)
})

test('a proxy that only looks whether the port answers leaves no trace', async () => {
  const { listening, log, throttle } = setUp({ proxyFrom })
  await using listener = await listening
  const socket = fromProxy(listener)
  await until(() => throttle.open === 1)
  socket.end()
  await once(socket.resume(), 'close')
  await until(() => throttle.open === 0)
  assert.deepEqual(log.events, [])
  await listener.drain(1000)
})

test('a header from anywhere else is the client’s own words', async () => {
  const { listening } = setUp({ proxyFrom, run: introduce })
  await using listener = await listening
  const socket = connect(listener.port)
  assert.equal(await received(socket), '127.0.0.1 port to 127.0.0.1\r\n')
  socket.write(header)
  assert.equal(await received(socket), header)
  socket.end()
  await listener.drain(1000)
})

test('what comes with the header is not lost, wherever the two are split', async () => {
  const { listening } = setUp({ proxyFrom, run: introduce })
  await using listener = await listening
  const whole = `${header}EHLO client.test\r\n`
  for (let at = 1; at < whole.length; at++) {
    const socket = fromProxy(listener)
    socket.write(whole.slice(0, at))
    await new Promise(resolve => setImmediate(resolve))
    socket.end(whole.slice(at))
    assert.equal(await allReceived(socket), '192.0.2.7 port to 203.0.113.9\r\nEHLO client.test\r\n', `${at}`)
  }
  await listener.drain(1000)
})

test('a handshake behind the header, in one piece with it and after: implicit TLS and STARTTLS', async () => {
  await using own = await certificate()
  const { contexts, ca } = own
  await using implicit = await setUp({ proxyFrom, tls: 'implicit', contexts, run: introduce }).listening
  for (const together of [true, false]) {
    const plain = fromProxy(implicit)
    if (together) plain.cork()
    plain.write(header)
    const secured = tls.connect({ socket: plain, ca, servername: 'localhost' })
    if (together) setImmediate(() => plain.uncork())
    assert.equal(await received(secured), '192.0.2.7 port to 203.0.113.9\r\n')
    secured.write('under TLS')
    assert.equal(await received(secured), 'under TLS')
    secured.end()
    await once(secured, 'close')
  }
  await implicit.drain(1000)

  await using explicit = await setUp({ proxyFrom, tls: 'starttls', contexts, run: upgrade }).listening
  const plain = fromProxy(explicit)
  plain.write(header)
  assert.equal(await received(plain), 'go\r\n')
  const secured = tls.connect({ socket: plain, ca, servername: 'localhost' })
  assert.equal(await received(secured), 'hello TLSv1.3\r\n')
  secured.end()
  await once(secured, 'close')
  await explicit.drain(1000)
})

test('a command sent ahead of STARTTLS with the header is not taken for one under TLS', async () => {
  await using own = await certificate()
  const { listening, log } = setUp({ proxyFrom, tls: 'starttls', contexts: own.contexts, run: readAndUpgrade })
  await using listener = await listening
  const socket = fromProxy(listener)
  socket.write(`${header}STARTTLS\r\n`)
  assert.equal(await received(socket), 'go\r\n')
  socket.write('MAIL FROM:<injected@example.test>\r\n')
  await once(socket.resume(), 'close')
  assert.equal(log.events.find(({ event }) => event === 'connection.broke')?.fields['reason'], 'tls')
  await listener.drain(1000)
})

async function readAndUpgrade(channel: Channel): Promise<void> {
  await channel.read(1000)
  await upgrade(channel)
}

test('a refusal behind a proxy comes under TLS too', async () => {
  await using own = await certificate()
  const { contexts, ca } = own
  const { listening } = setUp({ proxyFrom, tls: 'implicit', contexts, throttleLimits: { perAddress: 0 } })
  await using listener = await listening
  const plain = fromProxy(listener)
  plain.write(header)
  const secured = tls.connect({ socket: plain, ca, servername: 'localhost' })
  assert.match(await received(secured), /^NO Too many/)
  secured.destroy()
  await listener.drain(1000)
})

test('a drain doesn’t wait for headers', async () => {
  const { listening, throttle } = setUp({ proxyFrom })
  await using listener = await listening
  const socket = fromProxy(listener)
  await until(() => throttle.open === 1)
  let isStuck = false
  socket.on('timeout', () => {
    isStuck = true
  })
  const rest = allReceived(socket)
  await listener.drain(1000)
  assert.equal(await rest, '')
  assert.equal(isStuck, false)
  assert.equal(throttle.open, 0)
})

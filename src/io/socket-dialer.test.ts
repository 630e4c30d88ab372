import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { before, describe, test } from 'node:test'
import { PeerAuthority, type PeerCertificate } from '../../test/support/peer-certificates.ts'
import { type Channel, ChannelError } from './channel.ts'
import { type ClientChannel, DialError } from './dialer.ts'
import { manualClock } from './manual-clock.ts'
import type { ServerTls } from './server-tls.ts'
import { socketChannel, socketServerOptions } from './socket-channel.ts'
import { socketDialer } from './socket-dialer.ts'

interface Host extends AsyncDisposable {
  readonly port: number
}

async function host(serve: (channel: Channel, socket: net.Socket) => Promise<void>, tls?: ServerTls): Promise<Host> {
  const open = new Set<net.Socket>()
  const server = net.createServer(socketServerOptions, socket => {
    open.add(socket)
    const channel = socketChannel(socket, { id: 'c', tls })
    void serve(channel, socket)
      .catch(() => {})
      .finally(() => channel.close())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo // a TCP server's address is never text
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const target = { address: '127.0.0.1', localAddress: undefined, timeoutMs: 10_000 }
const secure = { servername: 'mx.example', minimumVersion: 'TLSv1.2', timeoutMs: 10_000 } as const

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(error instanceof DialError || error instanceof ChannelError, String(error))
  return error.reason
}

describe('dialing', () => {
  test('octets both ways, and what an idle connection has to say is seen', async () => {
    const go = Promise.withResolvers<void>()
    await using server = await host(async channel => {
      channel.write('220 x\r\n')
      assert.equal(Buffer.from((await channel.read(10_000)) ?? []).toString(), 'hello')
      channel.write('there')
      await channel.flush()
      await go.promise
    })
    const channel = await socketDialer().dial({ ...target, port: server.port })
    assert.equal(channel.remote.port, server.port)
    assert.equal(Buffer.from((await channel.read(10_000)) ?? []).toString(), '220 x\r\n')
    channel.write('hello')
    assert.equal(Buffer.from((await channel.read(10_000)) ?? []).toString(), 'there')
    assert.equal(channel.hasInput, false)
    go.resolve()
    // The end comes by itself, without a read.
    while (!channel.hasInput) await new Promise(resolve => setImmediate(resolve))
    assert.equal(await channel.read(10_000), undefined)
    channel.destroy()
  })

  test('from an address of ours', async () => {
    let from = ''
    await using server = await host(async channel => {
      from = channel.remote.address
    })
    const dialer = socketDialer()
    const channel = await dialer.dial({ ...target, localAddress: '127.0.0.9', port: server.port })
    await channel.read(10_000)
    assert.equal(from, '127.0.0.9')
    assert.equal(channel.local.address, '127.0.0.9')
    channel.destroy()
    assert.equal(
      await reasonOf(dialer.dial({ ...target, localAddress: '192.0.2.1', port: server.port })),
      'no-such-source',
    )
  })

  test('refused, timed out, given up', async () => {
    const closed = await host(async () => {})
    await closed[Symbol.asyncDispose]()
    assert.equal(await reasonOf(socketDialer().dial({ ...target, port: closed.port })), 'refused')
    const clock = manualClock()
    const dialer = socketDialer({ clock })
    await using server = await host(async () => {})
    const late = reasonOf(dialer.dial({ ...target, port: server.port, timeoutMs: 5 }))
    clock.advance(5)
    assert.equal(await late, 'timeout')
    const stop = new AbortController()
    const stopped = reasonOf(dialer.dial({ ...target, port: server.port, signal: stop.signal }))
    stop.abort()
    assert.equal(await stopped, 'aborted')
    assert.equal(await reasonOf(dialer.dial({ ...target, port: server.port, signal: stop.signal })), 'aborted')
  })
})

describe('the client’s part in a handshake', () => {
  let authority: PeerAuthority
  let good: PeerCertificate
  before(async () => {
    authority = await PeerAuthority.make()
    good = await authority.certificate({ names: ['mx.example', '*.mail.example', '192.0.2.7'] })
  })

  async function dialled(server: Host, trusting = true): Promise<ClientChannel> {
    const dialer = socketDialer(trusting ? { authorities: [authority.pem] } : {})
    return await dialer.dial({ ...target, port: server.port })
  }

  const shaking = async (channel: Channel) => {
    await channel.startTls()
    channel.write(`hello ${channel.tls?.servername}`)
    await channel.read(10_000)
  }

  test('a trusted certificate, its names, its chain; then octets', async () => {
    await using server = await host(shaking, good.serverTls)
    const channel = await dialled(server)
    const peer = await channel.secure(secure)
    assert.equal(peer.distrust, undefined)
    assert.deepEqual(peer.names, ['mx.example', '*.mail.example'])
    assert.equal(peer.chain.length, 1)
    assert.match(peer.details.version, /^TLSv1\.3$/)
    assert.equal(channel.tls?.cipher, peer.details.cipher)
    assert.equal(Buffer.from((await channel.read(10_000)) ?? []).toString(), 'hello mx.example')
    assert.equal(channel.hasInput, false)
    channel.destroy()
  })

  test('whoever it is: why nobody vouches for it is told', async () => {
    const expired = await authority.certificate({ names: ['mx.example'], isExpired: true })
    const own = await authority.certificate({ names: ['mx.example'], isSelfSigned: true })
    for (const [certificate, trusting, wanted] of [
      [expired, true, /^certificate has expired$/],
      [own, true, /^self-signed certificate$/],
      [good, false, /^its authority is not among those we trust/],
    ] as const) {
      await using server = await host(shaking, certificate.serverTls)
      const channel = await dialled(server, trusting)
      const peer = await channel.secure(secure)
      assert.match(peer.distrust ?? '', wanted)
      channel.destroy()
    }
  })

  test('no name is asked for of an address', async () => {
    await using server = await host(shaking, good.serverTls)
    const channel = await dialled(server)
    const peer = await channel.secure({ ...secure, servername: '127.0.0.1' })
    assert.equal(peer.details.servername, undefined)
    assert.equal(Buffer.from((await channel.read(10_000)) ?? []).toString(), 'hello undefined')
    channel.destroy()
  })

  test('a peer without TLS, and one that leaves', async () => {
    await using without = await host(async channel => {
      await channel.read(10_000)
      channel.write('500 what?\r\n'.repeat(10))
      await channel.flush()
    })
    assert.equal(await reasonOf((await dialled(without)).secure(secure)), 'tls')
    await using leaving = await host(async channel => {
      await channel.read(10_000)
    })
    assert.equal(await reasonOf((await dialled(leaving)).secure(secure)), 'broken')
  })

  test('octets before the handshake are not taken for the peer’s (RFC 3207 5)', async () => {
    await using server = await host(async channel => {
      channel.write('220 go\r\n')
      await channel.read(10_000)
      channel.write('250 injected\r\n')
      await shaking(channel)
    }, good.serverTls)
    const channel = await dialled(server)
    await channel.read(10_000)
    channel.write('STARTTLS\r\n')
    await channel.flush()
    while (!channel.hasInput) await new Promise(resolve => setImmediate(resolve))
    assert.equal(await reasonOf(channel.secure(secure)), 'unread-bytes')
    channel.destroy()
  })

  test('old versions only where they are allowed', async () => {
    const { createSecureContext } = await import('node:tls')
    const context = createSecureContext({
      cert: good.cert,
      key: good.key,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    })
    const old: ServerTls = { context: () => context, asksForCertificate: false }
    await using server = await host(shaking, old)
    assert.equal(await reasonOf((await dialled(server)).secure(secure)), 'tls')
    const channel = await dialled(server)
    assert.equal((await channel.secure({ ...secure, minimumVersion: 'TLSv1' })).details.version, 'TLSv1.1')
    channel.destroy()
  })
})

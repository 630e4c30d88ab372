// TLS on real sockets: what a channel's startTls and these certificates are together.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import type { Channel } from '#io/channel.ts'
import { systemClock } from '#io/clock.ts'
import { limits } from '#io/limits.ts'
import { manualClock } from '#io/manual-clock.ts'
import { systemRandom } from '#io/random.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import { ownCertificate } from './authority.ts'
import { loadContexts } from './contexts.ts'

describe('TLS on a socket', () => {
  let folder = ''
  let ca = ''
  let serverTls: ServerTls
  let withoutTickets: ServerTls

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-handshake-'))
    const needs = { folder, names: ['example.test'], hostname: 'h', clock: systemClock, random: systemRandom }
    const files = await ownCertificate(needs)
    ca = await readFile(files.caPath, 'utf8')
    const contexts = await loadContexts([files])
    serverTls = contexts.serverTls({ tickets: true })
    withoutTickets = contexts.serverTls({ tickets: false })
  })
  after(() => rm(folder, { recursive: true }))

  async function connected(provider = serverTls) {
    const server = net.createServer(socketServerOptions).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo // a TCP server's address is never text
    const client = net.connect(port, '127.0.0.1')
    client.on('error', () => {})
    const [[accepted]]: [net.Socket[], unknown[]] = await Promise.all([
      once(server, 'connection'),
      once(client, 'connect'),
    ])
    const clock = manualClock()
    assert.ok(accepted)
    const channel = socketChannel(accepted, { id: 'c1', tls: provider, clock })
    const end = async () => {
      client.destroy()
      channel.destroy()
      server.close()
      await once(server, 'close')
    }
    return { channel, client, accepted, clock, [Symbol.asyncDispose]: end }
  }

  function secured(client: net.Socket, options: tls.ConnectionOptions = {}): tls.TLSSocket {
    const socket = tls.connect({ socket: client, ca, servername: 'example.test', ...options })
    socket.on('error', () => {})
    return socket
  }

  async function text(channel: Channel): Promise<string> {
    return Buffer.from((await channel.read(1000)) ?? []).toString()
  }

  test('after STARTTLS both talk under TLS, and its details are known', async () => {
    await using both = await connected()
    const { channel, client } = both
    client.write('STARTTLS\r\n')
    assert.equal(await text(channel), 'STARTTLS\r\n')
    assert.equal(channel.canStartTls, true)
    channel.write('220 go\r\n')
    const started = channel.startTls()
    assert.equal(String((await once(client, 'data'))[0]), '220 go\r\n')
    const socket = secured(client)
    await Promise.all([started, once(socket, 'secureConnect')])
    assert.equal(socket.authorized, true)
    assert.deepEqual(channel.tls, {
      version: 'TLSv1.3',
      cipher: socket.getCipher().standardName,
      servername: 'example.test',
    })
    assert.equal(channel.canStartTls, false)
    socket.write('EHLO again\r\n')
    assert.equal(await text(channel), 'EHLO again\r\n')
    channel.write('250 ok\r\n')
    const left = channel.read(1000)
    assert.equal(String((await once(socket, 'data'))[0]), '250 ok\r\n')
    const big = Buffer.alloc(3_000_000, 'b')
    let receivedBytes = 0
    socket.on('data', bytes => {
      receivedBytes += bytes.length
    })
    channel.write(big)
    const all = once(socket, 'end')
    await Promise.all([channel.close(), all])
    assert.equal(await left, undefined)
    assert.equal(receivedBytes, big.length)
  })

  test('implicit TLS takes the handshake that has already come', async () => {
    await using both = await connected()
    const { channel, client } = both
    const socket = secured(client, { maxVersion: 'TLSv1.2', servername: '' })
    await channel.startTls()
    assert.equal(channel.tls?.version, 'TLSv1.2')
    assert.equal(channel.tls?.servername, undefined)
    socket.end('LOGIN\r\n')
    assert.equal(await text(channel), 'LOGIN\r\n')
    assert.equal(await channel.read(1000), undefined)
  })

  test('bytes sent ahead of the handshake are refused', async () => {
    await using both = await connected()
    const { channel, client, accepted } = both
    client.write('STARTTLS\r\n')
    await text(channel)
    client.write('MAIL FROM:<injected@example.test>\r\n')
    while (accepted.bytesRead < client.bytesWritten) await new Promise(resolve => setImmediate(resolve))
    await assert.rejects(channel.startTls(), { name: 'ChannelError', reason: 'unread-bytes' })
  })

  test('a peer that does not do its part ends the handshake', async () => {
    const table: [string, (client: net.Socket) => unknown, string][] = [
      ['plain text', client => client.write('EHLO in the clear\r\n'), 'tls'],
      [
        'an old version',
        client => secured(client, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
        'tls',
      ],
      ['the end', client => client.end(), 'broken'],
      ['a reset', client => client.resetAndDestroy(), 'broken'],
    ]
    for (const [what, act, reason] of table) {
      await using both = await connected()
      const { channel, client } = both
      act(client)
      await assert.rejects(channel.startTls(), { name: 'ChannelError', reason }, what)
      await assert.rejects(channel.flush(), { name: 'ChannelError' }, what)
    }
    await using both = await connected()
    const started = both.channel.startTls()
    await new Promise(resolve => setImmediate(resolve))
    both.clock.advance(limits.handshakeTimeoutMs)
    await assert.rejects(started, { reason: 'timeout' }, 'silence')
  })

  test('a client that does not trust the authority is a quiet tls error', async () => {
    await using both = await connected()
    const { channel, client } = both
    secured(client, { ca: [] })
    await assert.rejects(
      channel.startTls().then(() => channel.read(1000)),
      { name: 'ChannelError' },
    )
  })

  test('a session is resumed only where tickets are given', async () => {
    for (const [provider, wanted] of [
      [serverTls, true],
      [withoutTickets, false],
    ] as const) {
      const session = await sessionOf(provider)
      await using both = await connected(provider)
      const socket = secured(both.client, session === undefined ? {} : { session })
      await Promise.all([both.channel.startTls(), once(socket, 'secureConnect')])
      assert.equal(socket.isSessionReused(), wanted)
    }
  })

  /** The session that a client keeps from one connection. */
  async function sessionOf(provider: ServerTls): Promise<Buffer | undefined> {
    await using both = await connected(provider)
    const socket = secured(both.client)
    let session: Buffer | undefined
    socket.on('session', given => {
      session = given
    })
    await both.channel.startTls()
    both.channel.write('hello')
    await both.channel.flush()
    await once(socket, 'data')
    return session
  }
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Channel, ChannelError } from './channel.ts'
import { DialError, type DialTarget } from './dialer.ts'
import { manualClock } from './manual-clock.ts'
import { type MemoryHost, type MemoryPlace, memoryNetwork } from './memory-network.ts'

const target: DialTarget = { address: '192.0.2.1', port: 25, localAddress: undefined, timeoutMs: 5_000 }
const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1')
const settled = () => new Promise(resolve => setImmediate(resolve))

function networkWith(place: MemoryPlace | MemoryHost['serve']) {
  const clock = manualClock()
  const network = memoryNetwork(clock)
  network.set(target.address, target.port, typeof place === 'function' ? { serve: place } : place)
  return { clock, network }
}

const secure = { servername: 'mx.example', minimumVersion: 'TLSv1.2', timeoutMs: 1_000 } as const

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(error instanceof DialError || error instanceof ChannelError, String(error))
  return error.reason
}

describe('a connection in memory', () => {
  test('octets both ways, in order, and the ends are known', async () => {
    const { network } = networkWith(async channel => {
      assert.deepEqual(channel.remote.address, '198.51.100.1')
      channel.write('hello ')
      channel.write(Buffer.from('you'))
      assert.equal(text(await channel.read(1000)), 'and you')
      channel.write('bye')
    })
    const channel = await network.dial({ ...target, localAddress: '198.51.100.1' })
    assert.deepEqual([channel.remote, channel.local.address], [{ address: '192.0.2.1', port: 25 }, '198.51.100.1'])
    assert.equal(text(await channel.read(1000)), 'hello you')
    channel.write('and ')
    channel.write('you')
    assert.equal(text(await channel.read(1000)), 'bye')
    assert.equal(await channel.read(1000), undefined)
    assert.equal(network.open, 1)
    await channel.close()
    assert.equal(network.open, 0)
    assert.deepEqual(network.faults, [])
  })

  test('a read that waits too long, and one after it', async () => {
    const go = Promise.withResolvers<void>()
    const { network, clock } = networkWith(async channel => {
      await go.promise
      channel.write('late')
      await channel.flush()
      await channel.read(1000)
    })
    const channel = await network.dial(target)
    const reading = reasonOf(channel.read(1000))
    clock.advance(999)
    await settled()
    clock.advance(1)
    assert.equal(await reading, 'timeout')
    assert.equal(channel.hasInput, false)
    go.resolve()
    await settled()
    assert.equal(channel.hasInput, true)
    assert.equal(text(await channel.read(1000)), 'late')
  })

  test('what was sent before a connection broke can still be read', async () => {
    const { network } = networkWith(async channel => {
      channel.write('a')
      await channel.flush()
      channel.destroy()
    })
    const channel = await network.dial(target)
    await settled()
    assert.equal(channel.hasInput, true)
    assert.equal(text(await channel.read(1000)), 'a')
    assert.equal(await reasonOf(channel.read(1000)), 'broken')
    assert.equal(await reasonOf(channel.flush()), 'broken')
    assert.equal(network.open, 0)
  })

  test('all break at once', async () => {
    const reasons: string[] = []
    const { network } = networkWith(async channel => void reasons.push(await reasonOf(channel.read(1000))))
    const channels = await Promise.all([network.dial(target), network.dial(target)])
    const reading = reasonOf(channels[0].read(1000))
    network.cut()
    assert.equal(await reading, 'broken')
    assert.equal(await reasonOf(channels[1].read(1000)), 'broken')
    await settled()
    assert.deepEqual(reasons, ['broken', 'broken'])
    assert.equal(network.open, 0)
  })

  test('what a host throws is kept for the test', async () => {
    const { network } = networkWith(async () => {
      throw new Error('oh')
    })
    const channel = await network.dial(target)
    assert.equal(await channel.read(1000), undefined)
    assert.match(String(network.faults[0]), /oh/)
  })
})

describe('TLS in memory', () => {
  const asked = async (channel: Channel) => {
    assert.equal(text(await channel.read(1000)), 'STARTTLS')
    assert.equal(channel.canStartTls, true)
    channel.write('go')
    await channel.startTls()
    channel.write(`under ${channel.tls?.version}`)
    await channel.flush()
    await channel.read(1000)
  }
  const start = async (host: Partial<MemoryHost>) => {
    const { network, clock } = networkWith({ serve: asked, tls: { names: ['*.example'], distrust: 'old' }, ...host })
    const channel = await network.dial(target)
    channel.write('STARTTLS')
    assert.equal(text(await channel.read(1000)), 'go')
    return { network, clock, channel }
  }

  test('what the host shows is told', async () => {
    const { channel } = await start({})
    const peer = await channel.secure(secure)
    assert.deepEqual(peer, {
      details: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', servername: 'mx.example' },
      chain: [],
      names: ['*.example'],
      distrust: 'old',
    })
    assert.equal(channel.tls?.version, 'TLSv1.3')
    assert.equal(text(await channel.read(1000)), 'under TLSv1.3')
  })

  test('a handshake that fails, fails on both ends', async () => {
    for (const tls of [
      { names: [], failure: 'no shared cipher' },
      { names: [], version: 'TLSv1' },
    ] as const) {
      const { channel, network } = await start({ tls })
      assert.equal(await reasonOf(channel.secure(secure)), 'tls')
      await settled()
      assert.equal(network.faults.length, 1)
      assert.equal(network.open, 0)
    }
  })

  test('a peer that leaves, or does not take part', async () => {
    const { network, clock } = networkWith(async channel => {
      await channel.read(1000)
    })
    const leaving = await network.dial(target)
    const securing = reasonOf(leaving.secure(secure))
    network.cut()
    assert.equal(await securing, 'broken')
    const silent = reasonOf((await network.dial(target)).secure(secure))
    await settled()
    clock.advance(1_000)
    assert.equal(await silent, 'timeout')
  })

  test('octets before the handshake', async () => {
    const { network } = networkWith(async channel => {
      channel.write('x')
      await channel.read(1000)
    })
    const channel = await network.dial(target)
    await settled()
    assert.equal(await reasonOf(channel.secure(secure)), 'unread-bytes')
  })
})

describe('nobody there', () => {
  test('refused, unreachable, and where nothing was set', async () => {
    const { network } = networkWith('refused')
    assert.equal(await reasonOf(network.dial(target)), 'refused')
    network.set(target.address, target.port, 'unreachable')
    assert.equal(await reasonOf(network.dial(target)), 'unreachable')
    assert.equal(await reasonOf(network.dial({ ...target, port: 26 })), 'refused')
    network.otherwise = 'unreachable'
    assert.equal(await reasonOf(network.dial({ ...target, port: 26 })), 'unreachable')
    assert.equal(network.dials.length, 4)
  })

  test('silent until the time is up, slow within it, and given up', async () => {
    const { network, clock } = networkWith('silent')
    const silent = reasonOf(network.dial(target))
    clock.advance(5_000)
    assert.equal(await silent, 'timeout')
    network.set(target.address, target.port, { serve: () => {}, delayMs: 4_999 })
    const slow = network.dial(target)
    clock.advance(4_999)
    assert.equal((await slow).remote.port, 25)
    const stop = new AbortController()
    const stopped = reasonOf(network.dial({ ...target, signal: stop.signal }))
    stop.abort()
    assert.equal(await stopped, 'aborted')
    assert.equal(await reasonOf(network.dial({ ...target, signal: stop.signal })), 'aborted')
  })

  test('an address that is not ours', async () => {
    const { network } = networkWith({ serve: () => {} })
    network.sources = new Set(['198.51.100.1'])
    assert.equal(await reasonOf(network.dial({ ...target, localAddress: '198.51.100.2' })), 'no-such-source')
    assert.equal((await network.dial({ ...target, localAddress: '198.51.100.1' })).local.address, '198.51.100.1')
  })
})

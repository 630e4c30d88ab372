// A POP3 client that vanishes without a word (a phone out of reach, a cable cut) must not keep its maildrop locked: the system asks whether it is still there.
// In a network namespace of its own, whose only interface goes down: nothing comes through any more, and nothing says so.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Channel } from '#io/channel.ts'
import { systemClock } from '#io/clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { listen } from '#serve/listener.ts'
import { Connections } from '#throttle/connections.ts'
import { connectionDefaults } from '#throttle/limits.ts'
import { trustedNetworks } from '#throttle/trusted.ts'
import { pop3Place } from '../transcripts/pop3/place.ts'

const inside = 'POSTHOUSE_TEST_NAMESPACE'
const namespace = ['unshare', ['--map-root-user', '--net']] as const

function canUnshare(): boolean {
  try {
    execFileSync(namespace[0], [...namespace[1], 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' })
    return true
  } catch {
    return false // no such program, or not allowed
  }
}

if (process.env[inside] === undefined) {
  test('POP3: the maildrop of a client that vanished is free again', {
    skip: !canUnshare(),
    timeout: 60_000,
  }, async () => {
    const words = [...namespace[1], process.execPath, '--test', '--test-force-exit', import.meta.filename]
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env
    await promisify(execFile)(namespace[0], words, { env: { ...environment, [inside]: '1' }, timeout: 50_000 })
  })
} else {
  test('the maildrop of a client that vanished', async () => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    await using place = await pop3Place()
    const log = memoryLog()
    const listener = await listen({
      name: 'pop3',
      place: { host: '127.0.0.1', port: 0 },
      tls: 'none',
      contexts: undefined,
      run: (channel, drain) => place.session(asUnderTls(channel), drain),
      keepAliveMs: 1_000,
      refuse: () => '',
      throttle: new Connections({ clock: systemClock, isTrusted: trustedNetworks([]), limits: connectionDefaults }),
      log,
      clock: systemClock,
    })
    const client = net.connect(listener.port, '127.0.0.1')
    client.write('USER alice\r\nPASS secret\r\n')
    let said = ''
    for await (const bytes of client.iterator({ destroyOnReturn: false })) {
      said += bytes
      if (said.includes('welcome')) break
    }
    assert.equal(place.store.lockMaildrop(1), undefined)
    await until(() => waitsToAsk(listener.port))
    execFileSync('ip', ['link', 'set', 'lo', 'down'])
    let lock: AsyncDisposable | undefined
    await until(() => {
      lock = place.store.lockMaildrop(1)
      return lock !== undefined
    })
    await lock?.[Symbol.asyncDispose]()
    client.destroy()
    await listener.drain(0)
  })
}

async function until(holds: () => boolean): Promise<void> {
  const startMs = performance.now()
  while (!holds()) {
    assert.ok(performance.now() - startMs < 30_000, `it never held: ${holds}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** The client has said that it has all that was sent: only then the keep-alive's time runs, not that of sending again. */
function waitsToAsk(port: number): boolean {
  const ours = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  const rows = readFileSync('/proc/self/net/tcp', 'latin1').split('\n')
  const [established, keepAliveTimer] = [' 01 ', ' 02:']
  return rows.some(row => row.slice(0, 21).includes(ours) && row.includes(established) && row.includes(keepAliveTimer))
}

/** The session lets nobody log in without TLS, and TLS would only be in the way here. */
function asUnderTls(channel: Channel): Channel {
  return new Proxy(channel, {
    get(target, key) {
      if (key === 'tls') return { version: 'TLSv1.3', cipher: 'none', servername: undefined }
      const found = Reflect.get(target, key, target)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
}

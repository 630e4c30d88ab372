import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, link, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { allReceived, received, setUp } from './echo-listener.ts'

interface Folder extends AsyncDisposable {
  readonly path: string
  readonly socket: string
}

async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'posthouse-bind-'))
  return { path, socket: join(path, 'lmtp'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

test('a unix socket has the mode it was given, serves, and goes with the listener', async () => {
  await using place = await folder()
  for (const mode of [0o660, 0o600, 0o666]) {
    await using listener = await setUp({ place: { path: place.socket, mode } }).listening
    assert.equal((await stat(place.socket)).mode & 0o777, mode)
    assert.deepEqual([listener.address, listener.port], [place.socket, 0])
    const client = net.connect(place.socket)
    assert.equal(await received(client), 'hello plain\r\n')
    client.end()
    await once(client.resume(), 'close')
    await listener.drain(1000)
    assert.equal(await isThere(place.socket), false)
  }
})

test('who comes over a unix socket is held back only by the limit in all', async () => {
  await using place = await folder()
  const throttleLimits = { inAll: 3, perAddress: 1, burst: 1 }
  const { listening, log } = setUp({ place: { path: place.socket, mode: 0o660 }, throttleLimits })
  await using listener = await listening
  const clients = Array.from({ length: 3 }, () => net.connect(place.socket))
  assert.deepEqual(await Promise.all(clients.map(received)), Array(3).fill('hello plain\r\n'))
  assert.match(await allReceived(net.connect(place.socket)), /^NO This server has as many connections/)
  assert.equal(log.events.find(({ event }) => event === 'connection.opened')?.fields['remote'], 'unix')
  assert.equal(log.events.find(({ event }) => event === 'connection.refused')?.fields['remote'], 'unix')
  for (const client of clients) client.destroy()
  await listener.drain(1000)
})

test('a dead server’s socket is replaced; a living one’s, and what is no socket, stay', async () => {
  await using place = await folder()
  const at = { path: place.socket, mode: 0o660 }
  await using listener = await setUp({ place: at }).listening
  await assert.rejects(setUp({ place: at }).listening, /echo: .*lmtp is taken: another program listens on it/)
  const client = net.connect(place.socket)
  assert.equal(await received(client), 'hello plain\r\n')
  client.destroy()
  await listener.drain(1000)

  await leaveDead(place.socket)
  await using next = await setUp({ place: at }).listening
  await next.drain(1000)

  await writeFile(place.socket, 'a file of somebody’s')
  await assert.rejects(setUp({ place: at }).listening, /is taken/)
  assert.ok(await isThere(place.socket))
})

test('a path that can’t be had is told with what to do', async () => {
  await using place = await folder()
  const missing = { path: join(place.path, 'missing/lmtp'), mode: 0o660 }
  await assert.rejects(setUp({ place: missing }).listening, /its folder is not there/)
  const long = { path: join(place.path, 'x'.repeat(200)), mode: 0o660 }
  await assert.rejects(setUp({ place: long }).listening, /echo: can't listen on .*xxx: /)
  if (process.getuid?.() === 0) return // root may write anywhere
  await chmod(place.path, 0o500)
  await assert.rejects(setUp({ place: { path: place.socket, mode: 0o660 } }).listening, /this user may not write to it/)
  await chmod(place.path, 0o700)
})

/** A socket as a killed server leaves it: Node removes it at the close, and its other name not. */
async function leaveDead(path: string): Promise<void> {
  const server = net.createServer().listen(`${path}.first`)
  await once(server, 'listening')
  await link(`${path}.first`, path)
  server.close()
  await once(server, 'close')
  assert.ok(await isThere(path))
}

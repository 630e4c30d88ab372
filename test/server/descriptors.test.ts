// A server with few file descriptors: it holds what it can, tells the others why not, and never burns the processor for those it can't take.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as elapsed } from 'node:timers/promises'
import { imapLogin } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

/** Clock ticks of /proc/PID/stat in a second: Linux tells programs 100, whatever it counts in. */
const ticksPerSecond = 100
const crowd = 300

describe('file descriptors', () => {
  test('with few of them, connections beyond are told why or reset, those that are there go on, and the log is spared', async () => {
    await using server = await startServer({ under: ['prlimit', '--nofile=160'], accounts: [alice] })
    assert.match(server.log(), /"inAll":72,.*"connections\.limited"/)
    const before = await imapLogin(server, alice)
    const clients = await Promise.all(Array.from({ length: crowd }, () => Visitor.come(server)))
    await Promise.all(clients.map(({ answered }) => answered))
    const [greeted, refused] = [/^220 /, /^421 4\.7\.0 /].map(
      start => clients.filter(({ text }) => start.test(text)).length,
    )
    assert.equal(greeted, 71)
    assert.ok((refused ?? 0) >= 1)
    assert.ok(openDescriptors(server).length < 160 - 20, 'room for files is left')
    assert.match(await before.command('n', 'NOOP'), /^n OK/m)
    const small = 'Subject: small\r\n\r\ntext\r\n'
    before.write(`a APPEND INBOX {${small.length}+}\r\n${small}\r\n`)
    assert.match(await before.until(/^a [^\n]*\n$/m), /^a OK/m)
    assert.ok(server.log().split('"connection.refused"').length <= 4, server.log())
    for (const client of clients) client.leave()
    await servesAgain(server)
    before.close()
  })

  test('without any left it neither spins nor stops, and serves again once there are some', async () => {
    await using server = await startServer({ accounts: [alice] })
    const before = await imapLogin(server, alice)
    await run('prlimit', ['--pid', String(server.processId), `--nofile=${lowestFree(openDescriptors(server))}:`])
    const linesBefore = server.log().split('\n').length
    const ticksBefore = processorTicks(server)
    const startMs = performance.now()
    const clients = await Promise.all(Array.from({ length: crowd }, () => Visitor.come(server)))
    while (performance.now() - startMs < 2_000) {
      assert.match(await before.command('n', 'NOOP'), /^n OK/m)
      clients.push(await Visitor.come(server))
      await elapsed(50) // what the processor does meanwhile is what is measured
    }
    const share = (processorTicks(server) - ticksBefore) / ticksPerSecond / ((performance.now() - startMs) / 1000)
    assert.ok(share < 0.5, `the processor was busy for ${share} of the time`)
    assert.ok(clients.every(({ text }) => text === ''))
    assert.ok(server.log().split('\n').length - linesBefore < 5, server.log())
    await run('prlimit', ['--pid', String(server.processId), '--nofile=1024:'])
    for (const client of clients) client.leave()
    await servesAgain(server)
    before.close()
  })
})

/** Somebody who connects to the MX and takes whatever comes. */
class Visitor {
  text = ''
  /** Settles with the first words, or when the connection is over. */
  readonly answered: Promise<void>
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    const { promise, resolve } = Promise.withResolvers<void>()
    this.answered = promise
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.on('data', bytes => {
      this.text += bytes
      resolve()
    })
  }

  /** Settles when the system has connected it. */
  static async come({ host, ports }: RunningServer): Promise<Visitor> {
    const socket = connect({ host, port: ports.smtp })
    const visitor = new Visitor(socket)
    await new Promise<void>(resolve => {
      socket.once('connect', resolve)
      visitor.answered.then(resolve)
    })
    return visitor
  }

  leave(): void {
    this.#socket.destroy()
  }
}

/** A greeting comes, at the latest once the server has seen that the crowd has left. */
async function servesAgain(server: RunningServer): Promise<void> {
  for (;;) {
    const visitor = await Visitor.come(server)
    await visitor.answered
    visitor.leave()
    if (visitor.text.startsWith('220 ')) return
  }
}

function openDescriptors(server: RunningServer): number[] {
  const names = readdirSync(`/proc/${server.processId}/fd`)
  return names.map(Number).sort((one, other) => one - other)
}

/** What the system would give next: the first gap, or behind the last of `descriptors` (in order) when there is none. */
function lowestFree(descriptors: readonly number[]): number {
  const gap = descriptors.findIndex((descriptor, index) => descriptor !== index)
  return gap === -1 ? descriptors.length : gap
}

/** User and system time of the whole process. */
function processorTicks(server: RunningServer): number {
  const stat = readFileSync(`/proc/${server.processId}/stat`, 'utf8')
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return user + system
}

// The program as an operator meets it: real processes, real signals. Few of them: each costs a start.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import { nodeOptions } from '../support/running-server.ts'

const root = join(import.meta.dirname, '../..')
const launcher = join(root, 'bin/posthouse.js')
/** Beside the ports of `npm start` and of the other tests' servers (whole thousands), another one for each run. */
const offset = 3_300 + (process.pid % 27) * 1_000

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

test('whoever starts it gives Node the same options: launcher, scripts, unit, tests', async () => {
  const [option] = nodeOptions
  for (const file of ['bin/posthouse.js', 'package.json', 'docs/operate/running.md']) {
    const text = await readFile(join(root, file), 'utf8')
    const given = text.match(/--max-semi-space-size=\d+/g) ?? []
    assert.deepEqual(new Set(given), new Set([option]), file)
    const starts = text.match(/^(#!.*node.*|.*\bnode\b.*bin\/posthouse\.js.*)$/gm) ?? []
    assert.ok(starts.length > 0, file)
    for (const line of starts) assert.ok(line.includes(` ${option} `) || line.endsWith(` ${option}`), line)
  }
})

describe('posthouse, the program', () => {
  let folder: string
  let data: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-program-'))
    data = join(folder, 'data')
  })
  after(async () => await rm(folder, { recursive: true, force: true }))

  test('dev: says how to use it, is administered while it runs, stops at SIGTERM', async () => {
    const server = start(
      ['dev', '--data', data, '--port-offset', `${offset}`, '--account', 'alice@example.test:p@ss:word'],
      folder,
    )
    await server.ready
    const said = server.text()
    assert.match(said, new RegExp(`^imaps +127\\.0\\.0\\.1 +${offset + 993} `, 'm'))
    assert.match(said, /^alice@example\.test +p@ss:word$/m)
    assert.match(said, new RegExp(`^Send +swaks .*127\\.0\\.0\\.1:${offset + 587}`, 'm'))
    assert.match(said, /\nready\n$/)

    const imap = await imapLogin(join(data, 'tls', 'ca.pem'), 'alice@example.test', 'p@ss:word')
    assert.match(imap, /^a OK/m)
    assert.equal((await stat(join(data, 'control.sock'))).mode & 0o777, 0o600)
    assert.equal((await stat(join(data, 'posthouse.db'))).mode & 0o077, 0)

    const added = await finished(['account', 'add', 'bob@example.test', '--data', data], folder, 'longer secret\n')
    assert.deepEqual(added, { code: 0, out: 'bob@example.test added\n', err: '' })
    assert.match(await imapLogin(join(data, 'tls', 'ca.pem'), 'bob@example.test', 'longer secret'), /^a OK/m)
    const status = await finished(['status', '--json', '--data', data], folder)
    assert.equal(JSON.parse(status.out).processId, server.process.pid)

    const second = await finished(['dev', '--data', data, '--port-offset', `${offset + 100}`], folder)
    assert.equal(second.code, 75)
    assert.match(second.err, /is open in another process/)
    const clash = await finished(['dev', '--port-offset', `${offset}`], folder)
    assert.equal(clash.code, 75)
    assert.match(clash.err, /another program listens on 127\.0\.0\.1 port \d+[\s\S]*\nnext: .*--port-offset/)

    server.process.kill('SIGTERM')
    assert.deepEqual(await server.ended, [0, null])
    assert.equal(existsSync(join(data, 'control.sock')), false)
    assert.equal(await accepts(offset + 25), false)
  })

  test('dev again on the same folder: the accounts are there, their passwords are not told', async () => {
    const server = start(['dev', '--data', data, '--port-offset', `${offset}`, '--json'], folder)
    await server.ready
    const objects = lines(server.text()).map(line => JSON.parse(line))
    assert.deepEqual(
      objects.filter(({ kind }) => kind === 'account').map(({ address, password }) => [address, password]),
      [
        ['alice@example.test', null],
        ['bob@example.test', null],
      ],
    )
    assert.equal(objects.filter(({ kind }) => kind === 'listener').length, 7)
    assert.deepEqual(objects.at(-1), { kind: 'ready' })
    server.process.kill('SIGINT')
    assert.deepEqual(await server.ended, [0, null])
  })

  test('dev without --data: alice and bob, in a folder that is gone at the end', async () => {
    const server = start(['dev', '--port-offset', `${offset}`, '--json'], folder)
    await server.ready
    const objects = lines(server.text()).map(line => JSON.parse(line))
    const accounts = objects.filter(({ kind }) => kind === 'account')
    assert.deepEqual(
      accounts.map(({ address }) => address),
      ['alice@example.test', 'bob@example.test'],
    )
    const [{ data: temporary, ca }] = objects
    const imap = await imapLogin(ca, 'bob@example.test', accounts[1].password)
    assert.match(imap, /^a OK/m)
    server.process.kill('SIGTERM')
    assert.deepEqual(await server.ended, [0, null])
    assert.equal(existsSync(temporary), false)
  })

  test('serve: from a typed file, the log is JSON on stderr', async () => {
    const config = join(folder, 'posthouse.config.ts')
    const text = `import { defineConfig } from 'posthouse'
export default defineConfig({
  hostname: 'mail.example.test',
  data: 'data',
  listeners: [{ protocol: 'imap', host: '127.0.0.1', port: ${offset + 143} }],
  tls: { ownAuthority: ['mail.example.test'] },
})
`
    await writeFile(config, text)
    const server = start(['serve'], folder)
    await server.ready
    assert.equal(server.text(), 'ready\n')
    assert.ok(await accepts(offset + 143))
    server.process.kill('SIGTERM')
    assert.deepEqual(await server.ended, [0, null])
    for (const line of lines(server.errors())) assert.equal(typeof JSON.parse(line), 'object')

    await writeFile(config, text.replace('port:', 'prot:'))
    const wrong = await finished(['serve'], folder)
    assert.equal(wrong.code, 78)
    assert.match(wrong.err, /^posthouse\.config\.ts:5: listeners\[0\]\.prot: no such key; did you mean port\?$/m)
  })
})

interface Started {
  readonly process: ChildProcess
  /** Settles with the line `ready`; rejects when the process ends without it. */
  readonly ready: Promise<void>
  readonly ended: Promise<unknown[]>
  text(): string
  errors(): string
}

function start(args: readonly string[], cwd: string): Started {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let errors = ''
  const ended = once(child, 'close')
  const ready = Promise.withResolvers<void>()
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk
    if (/^(?:ready|\{"kind":"ready"\})$/m.test(text)) ready.resolve()
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    errors += chunk
  })
  void ended.then(() => ready.reject(new Error(`it ended without being ready: ${errors}`)))
  return { process: child, ready: ready.promise, ended, text: () => text, errors: () => errors }
}

async function finished(args: readonly string[], cwd: string, input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, stdio: 'pipe' })
  child.stdin.end(input)
  const [out, err] = [child.stdout, child.stderr].map(stream => Array.fromAsync(stream.setEncoding('utf8')))
  const [code] = await once(child, 'close')
  return { code, out: (await out)?.join('') ?? '', err: (await err)?.join('') ?? '' }
}

/** What the server answers to a login over TLS, its certificate checked against the installation's CA. */
async function imapLogin(caPath: string, user: string, password: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: offset + 993, ca: await readFile(caPath), servername: 'localhost' })
  socket.setEncoding('utf8')
  socket.write(`a LOGIN "${user}" "${password}"\r\nb LOGOUT\r\n`)
  return (await Array.fromAsync(socket)).join('')
}

async function accepts(port: number): Promise<boolean> {
  const socket = connectPlain(port, '127.0.0.1')
  const accepted = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return accepted
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter(line => line !== '')
}

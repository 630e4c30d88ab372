// Mail taken under TLS, kept as one row, sent on and forgotten, by Node's sockets and SQLite alone: what relaying costs before any of our code. It reads
// nothing that it is told, and believes everybody. Run as a program, with the folder of its certificate, its database's file and the next hop's port.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fdatasync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createServer, type TLSSocket } from 'node:tls'
import type { Port } from '../../test/support/line-client.ts'

const host = '127.0.0.1'
/** Connections to the next hop. */
const mostCouriers = 20

export interface BareRelay extends AsyncDisposable {
  readonly submissions: Port
}

/** @param certificates the folder of cert.pem and key.pem */
export async function startBareRelay(certificates: string, nextHop: Port): Promise<BareRelay> {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-bare-'))
  const words = [import.meta.filename, certificates, join(folder, 'queue.db'), String(nextHop.port)]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [chunk] = await once(child.stdout, 'data')
  return {
    submissions: { host, port: Number(String(chunk)) },
    async [Symbol.asyncDispose]() {
      await ended(child)
      rmSync(folder, { recursive: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

interface Letter {
  readonly id: number
  readonly envelope: string
  readonly bytes: Buffer
  readonly from: TLSSocket
}

/** Rows come and go in transactions that many share; each is synced before anybody hears of it. */
class Rows {
  readonly #database: DatabaseSync
  readonly #log: number
  readonly #durable: (letter: Letter) => void
  #arrived: Letter[] = []
  #gone: number[] = []
  #isDue = false
  #isSyncing = false

  constructor(path: string, durable: (letter: Letter) => void) {
    this.#durable = durable
    this.#database = new DatabaseSync(path)
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL')
    this.#database.exec('CREATE TABLE letter (id INTEGER PRIMARY KEY, envelope TEXT, bytes BLOB)')
    this.#log = openSync(`${path}-wal`, 'r')
  }

  add(letter: Letter): void {
    this.#arrived.push(letter)
    this.#commitSoon()
  }

  remove(id: number): void {
    this.#gone.push(id)
    this.#commitSoon()
  }

  #commitSoon(): void {
    if (this.#isDue || this.#isSyncing) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#commit()
    })
  }

  #commit(): void {
    const letters = this.#arrived.splice(0)
    const database = this.#database
    database.exec('BEGIN IMMEDIATE')
    const insert = database.prepare('INSERT INTO letter VALUES (?, ?, ?)')
    for (const { id, envelope, bytes } of letters) insert.run(id, envelope, bytes)
    const remove = database.prepare('DELETE FROM letter WHERE id = ?')
    for (const id of this.#gone.splice(0)) remove.run(id)
    database.exec('COMMIT')
    this.#isSyncing = true
    fdatasync(this.#log, error => {
      if (error !== null) throw error
      this.#isSyncing = false
      for (const letter of letters) this.#durable(letter)
      if (this.#arrived.length > 0 || this.#gone.length > 0) this.#commitSoon()
    })
  }
}

/** A connection to the next hop: one letter after the other. */
class Courier {
  readonly #socket: Socket
  readonly #free: (courier: Courier, done: Letter | undefined) => void
  #letter: Letter | undefined
  /** Lines of the answer that are still to come: of the greeting and HELO, then of MAIL, RCPT and DATA, then of the message. */
  #owed = 2
  #isSent = false

  constructor(port: number, free: (courier: Courier, done: Letter | undefined) => void) {
    this.#free = free
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.write('HELO bare.example\r\n')
    this.#socket.on('data', (chunk: Buffer) => this.#hear(chunk))
  }

  bring(letter: Letter): void {
    this.#letter = letter
    this.#isSent = false
    this.#owed = 3
    this.#socket.write(`${letter.envelope}DATA\r\n`, 'latin1')
  }

  #hear(chunk: Buffer): void {
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) this.#owed -= 1
    if (this.#owed > 0) return
    if (this.#letter === undefined || this.#isSent) {
      this.#free(this, this.#letter)
      return
    }
    this.#isSent = true
    this.#owed = 1
    this.#socket.write(this.#letter.bytes)
  }
}

class Couriers {
  readonly #port: number
  readonly #delivered: (letter: Letter) => void
  readonly #idle: Courier[] = []
  readonly #waiting: Letter[] = []
  #count = 0

  constructor(port: number, delivered: (letter: Letter) => void) {
    this.#port = port
    this.#delivered = delivered
  }

  take(letter: Letter): void {
    const courier = this.#idle.pop()
    if (courier !== undefined) {
      courier.bring(letter)
      return
    }
    this.#waiting.push(letter)
    if (this.#count === mostCouriers) return
    this.#count += 1
    new Courier(this.#port, (free, done) => this.#goOn(free, done))
  }

  #goOn(courier: Courier, done: Letter | undefined): void {
    if (done !== undefined) this.#delivered(done)
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(courier)
    else courier.bring(next)
  }
}

const end = Buffer.from('\r\n.\r\n')
let lastId = 0

/** Commands come as the load sends them: whole lines in a piece, DATA as its last. */
function serve(socket: TLSSocket, add: (letter: Letter) => void): void {
  let envelope = ''
  let pieces: Buffer[] | undefined
  socket.on('error', () => {})
  socket.write('220 bare\r\n')
  socket.on('data', (chunk: Buffer) => {
    if (pieces !== undefined) {
      pieces.push(chunk)
      if (!chunk.subarray(-end.length).equals(end)) return
      lastId += 1
      add({ id: lastId, envelope, bytes: Buffer.concat(pieces), from: socket })
      pieces = undefined
      envelope = ''
      return
    }
    let answers = ''
    for (const line of chunk.toString('latin1').split('\r\n').slice(0, -1)) {
      if (line === 'DATA') pieces = []
      else if (line.startsWith('MAIL') || line.startsWith('RCPT')) envelope += `${line}\r\n`
      answers += line === 'DATA' ? '354 go on\r\n' : line.startsWith('AUTH') ? '235 come in\r\n' : '250 yes\r\n'
    }
    socket.write(answers, 'latin1')
  })
}

if (import.meta.main) {
  const [, , certificates = '', path = '', port = ''] = process.argv
  const [cert, key] = ['cert.pem', 'key.pem'].map(name => readFileSync(join(certificates, name)))
  const couriers = new Couriers(Number(port), letter => rows.remove(letter.id))
  const rows = new Rows(path, letter => {
    letter.from.write('250 it is safe\r\n', 'latin1')
    couriers.take(letter)
  })
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, socket => serve(socket, letter => rows.add(letter)))
  server.listen(0, host, () => {
    const address = server.address()
    if (typeof address === 'object') process.stdout.write(String(address?.port))
  })
}

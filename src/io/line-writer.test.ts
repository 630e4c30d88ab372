import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { limits } from './limits.ts'
import { LineWriter } from './line-writer.ts'

/** A pipe that makes nobody wait. */
class Pipe implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'posthouse-pipe-'))
  readonly #path = join(this.#folder, 'pipe')
  #reader: number
  readonly writer: number

  constructor() {
    execFileSync('mkfifo', [this.#path])
    this.#reader = this.#open()
    this.writer = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK)
  }

  /** All that is in it. */
  read(): string {
    const bytes = Buffer.alloc(1024 * 1024)
    return bytes.toString('utf8', 0, readSync(this.#reader, bytes))
  }

  leave(): void {
    closeSync(this.#reader)
  }

  comeBack(): void {
    this.#reader = this.#open()
  }

  #open(): number {
    return openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK)
  }

  [Symbol.dispose](): void {
    closeSync(this.writer)
    closeSync(this.#reader)
    rmSync(this.#folder, { recursive: true })
  }
}

test('lines go out together, when they are flushed', () => {
  using pipe = new Pipe()
  const lines = new LineWriter(pipe.writer)
  lines.write('one\n')
  lines.write('zwölf\n')
  assert.throws(() => pipe.read(), { code: 'EAGAIN' })
  lines.flush()
  assert.equal(pipe.read(), 'one\nzwölf\n')
})

test('many lines do not wait for that', () => {
  using pipe = new Pipe()
  const line = `${'x'.repeat(limits.logBytesAtOnce)}\n`
  new LineWriter(pipe.writer).write(line)
  assert.equal(pipe.read(), line)
})

test('what a full disk does not take is lost, and nobody waits', () => {
  const full = openSync('/dev/full', 'w')
  const lines = new LineWriter(full)
  lines.write('lost\n')
  lines.flush()
  closeSync(full)
})

test('a reader that is gone takes no more lines, and one that comes later does', () => {
  using pipe = new Pipe()
  const lines = new LineWriter(pipe.writer)
  pipe.leave()
  lines.write('lost\n')
  lines.flush()
  pipe.comeBack()
  lines.write('read\n')
  lines.flush()
  assert.equal(pipe.read(), 'read\n')
})

test('a reader that does not read loses lines: those that it gets are whole but the one where it stopped', () => {
  using pipe = new Pipe()
  const lines = new LineWriter(pipe.writer)
  const line = `${'x'.repeat(999)}\n`
  for (let count = 0; count < 200; count += 1) lines.write(line)
  lines.flush()
  const before = pipe.read()
  lines.write('later\n')
  lines.flush()
  const read = `${before}${pipe.read()}`.split('\n')
  assert.ok(read.length < 200)
  assert.deepEqual(read.slice(-2), ['later', ''])
  for (const one of read.slice(0, -3)) assert.equal(one.length, 999)
})

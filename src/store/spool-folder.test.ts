import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DiskFullError } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { SpoolFolder } from './spool-folder.ts'
import { FileMessage, MemoryMessage } from './spooled.ts'

async function inFolder(run: (spool: SpoolFolder, folder: string) => Promise<void>, check = () => {}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-spool-'))
  let id = 0
  await run(new SpoolFolder(folder, () => ++id, { hasRoom: true, check }), folder)
  assert.deepEqual(await readdir(folder), [], 'files are left in the spool')
  await rm(folder, { recursive: true })
}

const lengths: readonly (readonly [number, 'memory' | 'file'])[] = [
  [0, 'memory'],
  [1, 'memory'],
  [limits.inlineBytes, 'memory'],
  [limits.inlineBytes + 1, 'file'],
  [1_000_000, 'file'],
]
for (const [length, place] of lengths) {
  test(`a message of ${length} octets in uneven pieces: ${place}`, () =>
    inFolder(async (spool, folder) => {
      const whole = Buffer.alloc(length, 'abcdefg')
      const buffer = Buffer.alloc(70_001)
      await using writer = spool.open()
      for (let at = 0; at < length; ) {
        // The caller's buffer is used again and again, as a socket's is.
        const size = whole.copy(buffer, 0, at, at + 70_001)
        await writer.write(buffer.subarray(0, size))
        buffer.fill(0)
        at += size
      }
      await using message = await writer.finish()
      assert.equal(message.sizeBytes, length)
      assert.deepEqual(Buffer.from(message.head), whole.subarray(0, limits.headBytes))
      assert.ok(whole.equals(await message.read(0, length)))
      assert.ok(message instanceof (place === 'memory' ? MemoryMessage : FileMessage))
      assert.deepEqual(await readdir(folder), place === 'memory' ? [] : ['1'])
    }))
}

for (const pieceBytes of [1_000, 10_000, 65_536, limits.spoolChunkBytes, limits.spoolChunkBytes + 1, 700_000]) {
  for (const isAwaited of [true, false]) {
    test(`pieces of ${pieceBytes} octets, ${isAwaited ? 'each awaited' : 'none awaited'}, arrive whole and in order`, () =>
      inFolder(async spool => {
        const whole = numbered(1_500_000)
        const buffer = Buffer.alloc(pieceBytes)
        await using writer = spool.open()
        for (let at = 0; at < whole.length; at += pieceBytes) {
          const size = whole.copy(buffer, 0, at, at + pieceBytes)
          const room = writer.write(buffer.subarray(0, size))
          if (isAwaited) await room
          // It was copied, whether there was room for it or not.
          buffer.fill(0)
        }
        await using message = await writer.finish()
        assert.equal(message.sizeBytes, whole.length)
        assert.ok(whole.equals(await message.read(0, whole.length)))
        assert.ok(whole.subarray(0, limits.headBytes).equals(message.head))
      }))
  }
}

/** Octets of which no two pieces are alike. */
function numbered(length: number): Buffer {
  const octets = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) octets.writeUInt32BE(at, at)
  return octets
}

test('a message that is given up leaves no file', () =>
  inFolder(async spool => {
    await using writer = spool.open()
    await writer.write(Buffer.alloc(300_000))
    void writer.write(Buffer.alloc(300_000))
  }))

test('a writer disposed of while it finishes takes nothing away', () =>
  inFolder(async spool => {
    const writer = spool.open()
    await writer.write(Buffer.alloc(300_000))
    const finishing = writer.finish()
    await writer[Symbol.asyncDispose]()
    const message = await finishing
    assert.equal(message.sizeBytes, 300_000)
    await message[Symbol.asyncDispose]()
    await message[Symbol.asyncDispose]()
  }))

test('without room a large message is refused', () =>
  inFolder(
    async spool => {
      await using writer = spool.open()
      assert.equal(writer.write(Buffer.alloc(1_000)), undefined)
      await assert.rejects(async () => writer.write(Buffer.alloc(300_000)), DiskFullError)
    },
    () => {
      throw new DiskFullError('no room')
    },
  ))

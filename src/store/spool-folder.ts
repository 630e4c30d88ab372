// The spool: small messages gather in memory, a message that outgrows it goes on in a file of the spool folder.

import { isAscii } from 'node:buffer'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inDiskWords, type Room } from './disk.ts'
import { limits } from './limits.ts'
import type { Spool, SpooledMessage, SpoolWriter } from './spool.ts'
import { FileMessage, MemoryMessage } from './spooled.ts'

export class SpoolFolder implements Spool {
  readonly #folder: string
  readonly #nextId: () => number
  readonly #space: Room

  /** `nextId` names the files. */
  constructor(folder: string, nextId: () => number, space: Room) {
    this.#folder = folder
    this.#nextId = nextId
    this.#space = space
  }

  hasRoom(): boolean {
    return this.#space.hasRoom
  }

  open(): SpoolWriter {
    return new Writer(() => {
      this.#space.check()
      return join(this.#folder, String(this.#nextId()))
    })
  }
}

class Writer implements SpoolWriter {
  readonly #newPath: () => string
  #sizeBytes = 0
  /** The whole message while it is small. */
  #chunks: Uint8Array[] = []
  #head: Uint8Array | undefined
  #isAscii = true
  #file: { readonly path: string; readonly handle: FileHandle } | undefined
  /** Of a large message: one gathers while the other is written. Two buffers for all of it leave the collector nothing to do. */
  #gathering: Buffer | undefined
  #gatheredBytes = 0
  #spare: Buffer | undefined
  #writing: Promise<void> | undefined
  /** Pieces that came while both were full. */
  #waiting: Promise<void> | undefined
  #finished = false

  constructor(newPath: () => string) {
    this.#newPath = newPath
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    this.#sizeBytes += bytes.length
    if (this.#gathering === undefined && this.#sizeBytes <= limits.inlineBytes) {
      // Not slice(): a Buffer's shares its memory.
      this.#chunks.push(new Uint8Array(bytes))
      return undefined
    }
    const rest = this.#waiting === undefined ? this.#gather(bytes) : bytes
    if (rest.length > 0) return this.#gatherLater(new Uint8Array(rest))
    // Whether there is room on the disk shows at the first write.
    return this.#file === undefined ? this.#writing : undefined
  }

  /** Gives back what there is no room for until the write under way is over. */
  #gather(bytes: Uint8Array): Uint8Array {
    this.#gathering ??= this.#grow()
    let gathering = this.#gathering
    for (let from = 0; ; ) {
      const count = Math.min(bytes.length - from, gathering.length - this.#gatheredBytes)
      gathering.set(bytes.subarray(from, from + count), this.#gatheredBytes)
      this.#gatheredBytes += count
      from += count
      if (from === bytes.length || this.#writing !== undefined) return bytes.subarray(from)
      gathering = this.#writeOut(gathering)
    }
  }

  /** The message becomes a large one. */
  #grow(): Buffer {
    const small = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#spare = Buffer.allocUnsafeSlow(limits.spoolChunkBytes)
    const gathering = Buffer.allocUnsafeSlow(limits.spoolChunkBytes)
    // No larger than the buffer: limits.inlineBytes.
    this.#gatheredBytes = small.copy(gathering)
    return gathering
  }

  async #gatherLater(bytes: Uint8Array): Promise<void> {
    const mine = (this.#waiting ?? Promise.resolve()).then(async () => {
      for (let rest: Uint8Array = bytes; rest.length > 0; rest = this.#gather(rest)) await this.#writing
    })
    this.#waiting = mine
    await mine
    if (this.#waiting === mine) this.#waiting = undefined
  }

  /** Begins to write what has gathered; gives the buffer that gathers from now on. */
  #writeOut(full: Buffer): Buffer {
    const bytes = full.subarray(0, this.#gatheredBytes)
    const next = this.#spare ?? full
    this.#spare = full
    this.#gathering = next
    this.#gatheredBytes = 0
    this.#head ??= new Uint8Array(bytes.subarray(0, limits.headBytes))
    this.#isAscii &&= isAscii(bytes)
    const writing = this.#writeTo(bytes)
    // Told to the next who waits for it.
    writing.then(
      () => (this.#writing = undefined),
      () => {},
    )
    this.#writing = writing
    return next
  }

  async #writeTo(bytes: Uint8Array): Promise<void> {
    try {
      this.#file ??= await openNew(this.#newPath())
      const { handle } = this.#file
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
    } catch (error) {
      throw inDiskWords(error)
    }
  }

  async finish(): Promise<SpooledMessage> {
    // From here on the message is its own: a caller that disposes of the writer before this settles takes nothing away.
    this.#finished = true
    if (this.#gathering === undefined) {
      return new MemoryMessage(joined(this.#chunks, this.#sizeBytes), limits.headBytes)
    }
    try {
      return await this.#finishFile()
    } catch (error) {
      await this.#giveUp()
      throw inDiskWords(error)
    }
  }

  async #finishFile(): Promise<FileMessage> {
    await this.#waiting
    await this.#writing
    if (this.#gathering !== undefined && this.#gatheredBytes > 0) this.#writeOut(this.#gathering)
    await this.#writing
    if (this.#file === undefined) throw new Error('a large message without its file')
    const { handle, path } = this.#file
    await handle.datasync()
    await handle.close()
    const content = { sizeBytes: this.#sizeBytes, head: this.#head ?? new Uint8Array(0), isAscii: this.#isAscii }
    return new FileMessage(path, content)
  }

  /** Gives up a message that was not finished; after `finish` there is nothing to do. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return
    this.#finished = true
    await this.#giveUp()
  }

  async #giveUp(): Promise<void> {
    this.#chunks = []
    await this.#waiting?.catch(() => {})
    // Its failure was told to whoever wrote.
    await this.#writing?.catch(() => {})
    if (this.#file === undefined) return
    await this.#file.handle.close()
    await rm(this.#file.path, { force: true })
  }
}

async function openNew(path: string): Promise<{ path: string; handle: FileHandle }> {
  return { path, handle: await open(path, 'wx', 0o600) }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const only = chunks[0]
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length)
}

// The spool: small messages gather in memory, a message that outgrows it goes on in a file of the spool folder.

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
  // Not yet in the file; before there is one, the whole message.
  #chunks: Uint8Array[] = []
  #chunkBytes = 0
  #head: Uint8Array | undefined
  #file: { readonly path: string; readonly handle: FileHandle } | undefined
  // One write at a time; the next one gathers meanwhile.
  #writing: Promise<void> | undefined
  #finished = false

  constructor(newPath: () => string) {
    this.#newPath = newPath
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    // Not slice(): a Buffer's shares its memory.
    this.#chunks.push(new Uint8Array(bytes))
    this.#chunkBytes += bytes.length
    this.#sizeBytes += bytes.length
    if (this.#sizeBytes <= limits.inlineBytes) return undefined
    if (this.#file !== undefined && this.#chunkBytes < limits.spoolChunkBytes) return undefined
    return this.#flush()
  }

  async #flush(): Promise<void> {
    // Waits for the write under way, then writes all that gathered: concurrent callers share it.
    await this.#writing
    if (this.#chunkBytes === 0) return
    this.#writing ??= this.#writeOut().finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  async #writeOut(): Promise<void> {
    try {
      this.#head ??= new Uint8Array(joined(this.#chunks, this.#chunkBytes).subarray(0, limits.headBytes))
      this.#file ??= await openNew(this.#newPath())
      const chunks = this.#chunks
      this.#chunks = []
      this.#chunkBytes = 0
      await writeAll(this.#file.handle, chunks)
    } catch (error) {
      throw inDiskWords(error)
    }
  }

  async finish(): Promise<SpooledMessage> {
    // From here on the message is its own: a caller that disposes of the writer before this settles takes nothing away.
    this.#finished = true
    if (this.#file === undefined && this.#sizeBytes <= limits.inlineBytes) {
      return new MemoryMessage(joined(this.#chunks, this.#chunkBytes), limits.headBytes)
    }
    try {
      return await this.#finishFile()
    } catch (error) {
      await this.#giveUp()
      throw inDiskWords(error)
    }
  }

  async #finishFile(): Promise<FileMessage> {
    while (this.#writing !== undefined || this.#chunkBytes > 0) await this.#flush()
    if (this.#file === undefined) throw new Error('a large message without its file')
    const { handle, path } = this.#file
    await handle.datasync()
    await handle.close()
    return new FileMessage(path, this.#sizeBytes, this.#head ?? new Uint8Array(0))
  }

  /** Gives up a message that was not finished; after `finish` there is nothing to do. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return
    this.#finished = true
    await this.#giveUp()
  }

  async #giveUp(): Promise<void> {
    this.#chunks = []
    this.#chunkBytes = 0
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

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const only = chunks[0]
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length)
}

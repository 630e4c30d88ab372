// Spooled messages as the store made them: in memory or in a file of the spool folder; and those whose bytes are kept already.

import { rm } from 'node:fs/promises'
import { readFrom } from './message-bytes.ts'
import type { Alongside, SpooledMessage } from './spool.ts'

export class MemoryMessage implements SpooledMessage {
  readonly bytes: Uint8Array
  readonly head: Uint8Array
  alongside: Alongside | undefined

  constructor(bytes: Uint8Array, headBytes: number) {
    this.bytes = bytes
    this.head = bytes.subarray(0, headBytes)
  }

  get sizeBytes(): number {
    return this.bytes.length
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    return this.bytes.subarray(start, end)
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

export class FileMessage implements SpooledMessage {
  readonly path: string
  readonly sizeBytes: number
  readonly head: Uint8Array
  /** It has no octet over 127; false: it has, or nobody has looked. */
  readonly isAscii: boolean
  alongside: Alongside | undefined

  constructor(path: string, content: Pick<FileMessage, 'sizeBytes' | 'head' | 'isAscii'>) {
    this.path = path
    this.sizeBytes = content.sizeBytes
    this.head = content.head
    this.isAscii = content.isAscii
  }

  read(start: number, end: number): Promise<Uint8Array> {
    return readFrom(this.path, new Uint8Array(0), start, Math.min(end, this.sizeBytes))
  }

  /** Removes the spool's name of the file; a blob made of it has a name of its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { force: true })
  }
}

/** The bytes of a blob that is kept: storing it names the same blob. Disposing of it takes nothing away. */
export class KeptMessage implements SpooledMessage {
  readonly blobId: number
  readonly #body: SpooledMessage
  alongside: Alongside | undefined

  constructor(blobId: number, body: SpooledMessage) {
    this.blobId = blobId
    this.#body = body
  }

  get sizeBytes(): number {
    return this.#body.sizeBytes
  }

  get head(): Uint8Array {
    return this.#body.head
  }

  read(start: number, end: number): Promise<Uint8Array> {
    return this.#body.read(start, end)
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

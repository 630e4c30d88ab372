// Spooled messages as the store made them: in memory or in a file of the spool folder.

import { rm } from 'node:fs/promises'
import type { SpooledMessage } from './spool.ts'

export class MemoryMessage implements SpooledMessage {
  readonly bytes: Uint8Array
  readonly head: Uint8Array

  constructor(bytes: Uint8Array, headBytes: number) {
    this.bytes = bytes
    this.head = bytes.subarray(0, headBytes)
  }

  get sizeBytes(): number {
    return this.bytes.length
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

export class FileMessage implements SpooledMessage {
  readonly path: string
  readonly sizeBytes: number
  readonly head: Uint8Array

  constructor(path: string, sizeBytes: number, head: Uint8Array) {
    this.path = path
    this.sizeBytes = sizeBytes
    this.head = head
  }

  /** Removes the spool's name of the file; a blob made of it has a name of its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { force: true })
  }
}

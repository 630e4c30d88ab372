// One message as FETCH and SEARCH read it: whole in memory if it is small, else by ranges. Header and structure are read once, when asked for.

import { headerBytes, headerGuessBytes, rangeBytes } from '#imap/limits.ts'
import { type Header, readHeader } from '#mail/header.ts'
import type { Part } from '#mail/part.ts'
import { parseStructure, StructureScanner } from '#mail/structure.ts'
import type { MessageBytes } from '#store/store.ts'

export interface Head {
  /** At least the header with its blank line. */
  readonly bytes: Uint8Array
  readonly header: Header
}

export class MessageReader {
  readonly sizeBytes: number
  /** The whole message, if it is small. */
  readonly whole: Uint8Array | undefined
  readonly #source: MessageBytes | undefined
  #head: Head | undefined
  #structure: Part | undefined

  constructor(message: Uint8Array | MessageBytes) {
    this.whole = message instanceof Uint8Array ? message : undefined
    this.#source = message instanceof Uint8Array ? undefined : message
    this.sizeBytes = message instanceof Uint8Array ? message.length : message.sizeBytes
  }

  /** Octets `start` up to, not including, `end`. */
  async read(start: number, end: number): Promise<Uint8Array> {
    if (this.whole !== undefined) return this.whole.subarray(start, end)
    return (await this.#source?.read(start, end)) ?? new Uint8Array(0)
  }

  async head(): Promise<Head> {
    this.#head ??=
      this.whole === undefined ? await this.#readHead() : { bytes: this.whole, header: readHeader(this.whole) }
    return this.#head
  }

  async structure(): Promise<Part> {
    this.#structure ??= this.whole === undefined ? await this.#scan() : parseStructure(this.whole)
    return this.#structure
  }

  /** If it was read already. */
  get knownStructure(): Part | undefined {
    return this.#structure
  }

  async #readHead(): Promise<Head> {
    for (let size = headerGuessBytes; ; size *= 8) {
      const bytes = await this.read(0, Math.min(size, this.sizeBytes))
      const header = readHeader(bytes)
      if (header.end < bytes.length || bytes.length >= this.sizeBytes || size >= headerBytes * 2)
        return { bytes, header }
    }
  }

  async #scan(): Promise<Part> {
    const scanner = new StructureScanner()
    for (let start = 0; start < this.sizeBytes; start += rangeBytes) {
      scanner.push(await this.read(start, Math.min(start + rangeBytes, this.sizeBytes)))
    }
    return scanner.finish()
  }
}

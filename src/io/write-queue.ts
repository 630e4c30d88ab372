// What a channel has to write, until it is flushed: neighbouring texts are joined, and all of it leaves in one system call.

import type { Socket } from 'node:net'

export interface WriteQueueLimits {
  readonly gatheredPieces: number
}

export class WriteQueue {
  readonly #limits: WriteQueueLimits
  #pieces: (Uint8Array | string)[] = []
  #sizeBytes = 0

  constructor(limits: WriteQueueLimits) {
    this.#limits = limits
  }

  /** Octets waiting; a character above ASCII counts as one. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(bytes: Uint8Array | string): void {
    if (bytes.length === 0) return
    this.#sizeBytes += bytes.length
    const last = this.#pieces.length - 1
    const before = this.#pieces[last]
    if (typeof bytes === 'string' && typeof before === 'string') this.#pieces[last] = before + bytes
    else this.#pieces.push(bytes)
  }

  clear(): void {
    this.#pieces = []
    this.#sizeBytes = 0
  }

  /** Hands everything to the socket, whatever it has taken so far. */
  sendTo(socket: Socket): void {
    const pieces = this.#pieces
    this.clear()
    const [first] = pieces
    if (first === undefined || !socket.writable) return
    if (pieces.length === 1) socket.write(first)
    else if (pieces.length > this.#limits.gatheredPieces) socket.write(joined(pieces))
    else gather(socket, pieces)
  }
}

function gather(socket: Socket, pieces: readonly (Uint8Array | string)[]): void {
  socket.cork()
  for (const piece of pieces) socket.write(piece)
  socket.uncork()
}

function joined(pieces: readonly (Uint8Array | string)[]): Uint8Array {
  return Buffer.concat(pieces.map(piece => (typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece)))
}

// Lines to a descriptor, many in one write. Whoever writes them depends on nobody who reads them: what the system will not take (its reader is gone,
// the disk is full) is lost, and what comes later is tried anew.

import { writeSync } from 'node:fs'
import { limits } from './limits.ts'

export class LineWriter {
  readonly #fd: number
  #text = ''
  /** Its last line went out in part. */
  #isCut = false
  /** The reader had its time, and took nothing. */
  #isStalled = false

  constructor(fd: number) {
    this.#fd = fd
  }

  /** `line` with its end. It goes out at the next `flush`, or once there are many. */
  write(line: string): void {
    this.#text += line
    if (this.#text.length >= limits.logBytesAtOnce) this.flush()
  }

  /** Never throws. */
  flush(): void {
    if (this.#text === '') return
    const bytes = Buffer.from(this.#isCut ? `\n${this.#text}` : this.#text, 'utf8')
    this.#text = ''
    let written = 0
    while (written < bytes.length) {
      const more = this.#written(bytes.subarray(written))
      if (more === 0) break
      written += more
    }
    if (written > 0) this.#isCut = bytes[written - 1] !== lineFeed
  }

  /** How many octets the system took; 0: it will not. */
  #written(bytes: Uint8Array): number {
    for (let waitedMs = 0; ; waitedMs += limits.logWaitStepMs) {
      try {
        const written = writeSync(this.#fd, bytes)
        this.#isStalled = false
        return written
      } catch (error) {
        // A pipe that is full, and that somebody else made one that does not wait.
        const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
        if (!isFull || this.#isStalled) return 0
        this.#isStalled = waitedMs >= limits.logWaitMs
        if (this.#isStalled) return 0
        Atomics.wait(nobody, 0, 0, limits.logWaitStepMs)
      }
    }
  }
}

const lineFeed = 10
const nobody = new Int32Array(new SharedArrayBuffer(4))

// The disk's "no room": errors of files as DiskFullError, and the look at what is free before a message is taken in.

import { statfs } from 'node:fs/promises'
import type { Clock } from '#io/clock.ts'
import { DiskFullError } from '#io/sql/database.ts'
import { limits } from './limits.ts'

const noRoomCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** An error of a file operation, in our words when it says that there is no room. */
export function inDiskWords(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !noRoomCodes.includes(error.code)) return error
  return new DiskFullError(`the disk has no room: ${error.message}`)
}

/** Whether a message may be taken in. */
export interface Room {
  readonly hasRoom: boolean
  /** Throws DiskFullError when there is none. */
  check(): void
}

/** Knows whether the disk has room to speak of. Never waits: it answers by the last look, and looks again behind it. */
export class FreeSpace implements Room {
  readonly #folder: string
  readonly #thresholdBytes: number
  readonly #clock: Clock
  #freeBytes = Number.POSITIVE_INFINITY
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined

  constructor(folder: string, thresholdBytes: number, clock: Clock) {
    this.#folder = folder
    this.#thresholdBytes = thresholdBytes
    this.#clock = clock
  }

  get hasRoom(): boolean {
    if (this.#clock.monotonicMs() - this.#lookedAtMs >= limits.freeBytesAgeMs) void this.look().catch(() => {}) // a broken folder shows in the write itself
    return this.#freeBytes >= this.#thresholdBytes
  }

  /** Throws DiskFullError when less than the threshold is free. */
  check(): void {
    if (this.hasRoom) return
    throw new DiskFullError(
      `${this.#freeBytes} bytes free on the disk, fewer than the threshold of ${this.#thresholdBytes}`,
    )
  }

  look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    this.#lookedAtMs = this.#clock.monotonicMs()
    const { bavail, bsize } = await statfs(this.#folder)
    this.#freeBytes = bavail * bsize
  }

  /** Settles when no look is under way. */
  async idle(): Promise<void> {
    await this.#looking
  }
}

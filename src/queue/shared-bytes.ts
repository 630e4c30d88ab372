// The bytes of messages on their way: read once for all the hops that a message goes to, one after the other or at once. Small ones, used of late.

import type { SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { limits } from './limits.ts'
import type { QueuedMessage } from './rows.ts'

type Of = Pick<QueuedMessage, 'messageId' | 'blobId' | 'sizeBytes'>

interface Held {
  readonly reading: Promise<SpooledMessage>
  readonly sizeBytes: number
}

export class SharedBytes {
  readonly #store: Pick<Store, 'kept'>
  /** In the order of use, the longest unused first. */
  readonly #held = new Map<string, Held>()
  #heldBytes = 0

  constructor(store: Pick<Store, 'kept'>) {
    this.#store = store
  }

  /** Disposing of it takes nothing away. Rejects when its bytes are gone. */
  async of(message: Of): Promise<SpooledMessage> {
    const { blobId, messageId, sizeBytes } = message
    if (sizeBytes > limits.sharedBytes) return await this.#read(message)
    // The number of a blob that is gone may be given anew, a message's id never.
    const key = `${blobId} ${messageId}`
    const known = this.#forget(key)
    const held = known ?? { reading: this.#read(message), sizeBytes }
    this.#held.set(key, held)
    this.#heldBytes += sizeBytes
    this.#makeRoom()
    try {
      return await held.reading
    } catch (error) {
      if (this.#held.get(key) === held) this.#forget(key)
      throw error
    }
  }

  async #read({ blobId }: Of): Promise<SpooledMessage> {
    const kept = await this.#store.kept(blobId)
    if (kept === undefined) throw new Error(`its bytes are gone (blob ${blobId})`)
    return kept
  }

  #makeRoom(): void {
    for (const oldest of this.#held.keys()) {
      if (this.#heldBytes <= limits.sharedBytesOfAll) return
      this.#forget(oldest)
    }
  }

  #forget(key: string): Held | undefined {
    const held = this.#held.get(key)
    this.#held.delete(key)
    this.#heldBytes -= held?.sizeBytes ?? 0
    return held
  }
}

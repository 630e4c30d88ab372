// Certificates that change on the disk, renewed by whatever renews them, are shown without a restart: their files are looked at every half minute.

import { stat } from 'node:fs/promises'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { CertificateFiles, TlsContexts } from './contexts.ts'
import { limits } from './limits.ts'

export interface RenewalNeeds {
  readonly files: readonly CertificateFiles[]
  readonly contexts: TlsContexts
  readonly clock: Clock
  readonly log: Log
  /** Called before each look: an installation's own certificate is made anew there. Rejections are logged. */
  readonly renew?: () => Promise<unknown>
}

export class Renewal implements Disposable {
  readonly #needs: RenewalNeeds
  #seen: string | undefined
  #looking: Promise<void> | undefined
  #timer: Disposable | undefined
  #disposed = false

  /** Begins to look. Dispose of it to end that. */
  constructor(needs: RenewalNeeds) {
    this.#needs = needs
    this.#wait()
  }

  /** Looks once, one at a time: reloads when a file is another than at the last look. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    const { files, contexts, log, renew } = this.#needs
    try {
      await renew?.()
      const now = (await Promise.all(files.flatMap(({ certPath, keyPath }) => [mark(certPath), mark(keyPath)]))).join()
      const before = this.#seen
      this.#seen = now
      if (before === undefined || before === now) return
      const reload = await contexts.reload()
      if (reload.kind === 'reloaded') log.info('tls.reloaded', { certificates: reload.certificates.length })
      else log.error('tls.reload-failed', { reason: reload.reason })
    } catch (error) {
      log.error('tls.renewal-failed', { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#timer?.[Symbol.dispose]()
  }

  #wait(): void {
    this.#timer = this.#needs.clock.after(limits.lookEveryMs, async () => {
      await this.look()
      if (!this.#disposed) this.#wait()
    })
  }
}

/** Another one when the file was written or replaced. */
async function mark(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path)
  return `${mtimeMs} ${size} ${ino}`
}

// The network as a simulated process has it: each connection, read and handshake is a step at which its life may end (life.ts).

import type { Endpoint, TlsDetails } from '#io/channel.ts'
import type { ClientChannel, Dialer, DialTarget, SecureOptions, TlsPeer } from '#io/dialer.ts'
import type { Life } from './life.ts'

export function mortalDialer(dialer: Dialer, life: Life): Dialer {
  return {
    async dial(to: DialTarget) {
      await life.step()
      return new MortalChannel(await life.heard(dialer.dial(to)), life)
    },
  }
}

class MortalChannel implements ClientChannel {
  readonly #channel: ClientChannel
  readonly #life: Life

  constructor(channel: ClientChannel, life: Life) {
    this.#channel = channel
    this.#life = life
  }

  get id(): string {
    return this.#channel.id
  }

  get remote(): Endpoint {
    return this.#channel.remote
  }

  get local(): Endpoint {
    return this.#channel.local
  }

  get tls(): TlsDetails | undefined {
    return this.#channel.tls
  }

  get hasInput(): boolean {
    return this.#channel.hasInput
  }

  async read(timeoutMs: number): Promise<Uint8Array | undefined> {
    await this.#life.step()
    const bytes = await this.#life.heard(this.#channel.read(timeoutMs))
    // What the peer said may have come, and nobody reads it any more.
    await this.#life.step()
    return bytes
  }

  write(bytes: Uint8Array | string): void {
    if (!this.#life.isOver) this.#channel.write(bytes)
  }

  async flush(): Promise<void> {
    await this.#life.step()
    await this.#life.heard(this.#channel.flush())
  }

  async secure(options: SecureOptions): Promise<TlsPeer> {
    await this.#life.step()
    return await this.#life.heard(this.#channel.secure(options))
  }

  async close(): Promise<void> {
    await this.#life.step()
    await this.#life.heard(this.#channel.close())
  }

  destroy(): void {
    if (!this.#life.isOver) this.#channel.destroy()
  }
}

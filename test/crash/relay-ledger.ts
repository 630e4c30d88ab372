// What was promised to those who sent, held against what the next hop took: nothing is lost, and a message comes twice only where the end came
// between the next hop's 250 and the record of it.

import assert from 'node:assert/strict'
import type { BadPeer, TakenMessage } from '../support/bad-peer.ts'

/** What the next hop took so shortly before the end may not be on record yet. */
const recordMs = 1_000

export class RelayLedger {
  readonly #peer: BadPeer
  readonly recipients: readonly string[]
  readonly #acknowledged = new Set<string>()
  readonly #uncertain = new Set<string>()
  /** When each life ended, and how many connections there had been by then. */
  readonly #ends: { readonly at: number; readonly connections: number }[] = []
  #next = 0

  constructor(peer: BadPeer, recipients: readonly string[]) {
    this.#peer = peer
    this.recipients = recipients
  }

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  begin(): string {
    this.#next += 1
    const token = `relayed-${this.#next}`
    this.#uncertain.add(token)
    return token
  }

  acknowledge(token: string): void {
    this.#uncertain.delete(token)
    this.#acknowledged.add(token)
  }

  /** Called when the server has been killed. */
  killed(): void {
    this.#ends.push({ at: Date.now(), connections: this.#peer.connections })
  }

  /** Whether one more copy may come after this one: its 250 was lost, or came in the moment of the end. */
  #mayComeAgain({ at, connection, acknowledged }: TakenMessage): boolean {
    const end = this.#ends.find(({ connections }) => connections > connection)
    return !acknowledged || (end !== undefined && at >= end.at - recordMs)
  }

  /** Everything that was promised has come, to each of its recipients. Gives how many copies came twice. */
  verify(): number {
    const seen = new Map<string, TakenMessage>()
    let doubles = 0
    for (const message of this.#peer.taken) {
      const token = /^Subject: (\S+)\r$/m.exec(message.text)?.[1] ?? ''
      assert.ok(this.#acknowledged.has(token) || this.#uncertain.has(token), `${token} was never sent`)
      for (const recipient of message.to) {
        const key = `${token} ${recipient.replace(/ .*/, '')}`
        const before = seen.get(key)
        seen.set(key, message)
        if (before === undefined) continue
        doubles += 1
        assert.ok(this.#mayComeAgain(before), `${key} came twice, and its first 250 was long on record`)
      }
    }
    const missing = [...this.#acknowledged].flatMap(token =>
      this.recipients
        .filter(recipient => !seen.has(`${token} <${recipient}>`))
        .map(recipient => `${token} ${recipient}`),
    )
    assert.deepEqual(missing, [], 'acknowledged, and never relayed')
    return doubles
  }
}

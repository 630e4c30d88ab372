// The messages of `send-test`: composed here, taken by the queue as any other, and followed by what the relay and the queue tell of them while it is
// still known: the tries of a message that was delivered go with its rows.

import type { Clock } from '#io/clock.ts'
import type { Try } from '#mail/outcome.ts'
import type { Carriage, Courier } from '#queue/carriage.ts'
import type { Settled, Witness } from '#queue/queue.ts'
import { tryAsData } from './direct-queue.ts'
import { limits } from './limits.ts'
import type { TestProgress, TestStep } from './sending-administration.ts'

interface Followed {
  readonly steps: TestStep[]
  /** Recipients of whom nothing was said yet. */
  readonly waiting: Set<string>
  /** Settles with the next step. */
  next: PromiseWithResolvers<void>
}

export class TestMail implements Witness, Disposable {
  readonly #clock: Clock
  readonly #followed = new Map<string, Followed>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** To be called before the queue has it. The oldest is followed no more when there are too many. */
  begin(messageId: string, recipients: readonly string[]): void {
    this.#followed.set(messageId, { steps: [], waiting: new Set(recipients), next: Promise.withResolvers() })
    for (const oldest of this.#followed.keys()) {
      if (this.#followed.size <= limits.followedTests) break
      this.end(oldest)
    }
  }

  /** Of this recipient there will be no news. */
  expectNothing(messageId: string, recipient: string): void {
    const followed = this.#followed.get(messageId)
    followed?.waiting.delete(recipient)
    followed?.next.resolve()
  }

  end(messageId: string): void {
    this.#followed.get(messageId)?.next.resolve()
    this.#followed.delete(messageId)
  }

  /** Whoever waits for news is told that there are none: the server stops. */
  [Symbol.dispose](): void {
    for (const messageId of [...this.#followed.keys()]) this.end(messageId)
  }

  /** What came after the first `seen` steps, waited for if there is none yet, for a while. Undefined: it is not followed (any more). */
  async follow(messageId: string, seen: number): Promise<TestProgress | undefined> {
    const followed = this.#followed.get(messageId)
    if (followed === undefined) return undefined
    if (followed.steps.length <= seen && followed.waiting.size > 0) await this.#wait(followed.next.promise)
    return { steps: followed.steps.slice(seen), isOver: followed.waiting.size === 0 }
  }

  settled({ messageId, recipient, outcome, isFinal }: Settled): void {
    const followed = this.#followed.get(messageId)
    if (followed === undefined) return
    const { kind, reply } = outcome
    const why =
      outcome.kind === 'delivered' ? { class: null, status: null } : { class: outcome.class, status: outcome.status }
    this.#add(followed, { kind: 'outcome', recipient, outcome: kind, ...why, reply, isFinal })
    followed.waiting.delete(recipient)
  }

  /** Notes what they carry. */
  watching(carriage: Carriage): Carriage {
    return {
      route: asked => carriage.route(asked),
      schedule: hop => carriage.schedule(hop),
      courier: async (hop, signal) => this.#watched(await carriage.courier(hop, signal)),
      lookAgain: hop => carriage.lookAgain(hop),
    }
  }

  #watched(courier: Courier): Courier {
    return {
      get mostRecipients() {
        return courier.mostRecipients
      },
      get isUsable() {
        return courier.isUsable
      },
      get mayLinger() {
        return courier.mayLinger === true
      },
      carry: async mail => {
        const carried = await courier.carry(mail)
        this.#tried(mail.messageId, carried.tries)
        return carried
      },
      [Symbol.asyncDispose]: () => courier[Symbol.asyncDispose](),
    }
  }

  #tried(messageId: string, tries: readonly Try[]): void {
    const followed = this.#followed.get(messageId)
    for (const one of followed === undefined ? [] : tries) this.#add(followed, { kind: 'try', ...tryAsData(one) })
  }

  #add(followed: Followed | undefined, step: TestStep): void {
    if (followed === undefined || followed.steps.length >= limits.testSteps) return
    followed.steps.push(step)
    followed.next.resolve()
    followed.next = Promise.withResolvers()
  }

  async #wait(next: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    using _timer = this.#clock.after(limits.followMs, resolve)
    await Promise.race([next, late])
  }
}

// A carriage for tests: where mail goes is the recipient's domain, and what its couriers do is said by the test, hop by hop.

import type { RecipientOutcome, RefusedOutcome } from '#mail/outcome.ts'
import type { Carriage, Carried, Courier, Mail, Route, Routed } from './carriage.ts'
import { type Schedule, usualSchedule } from './schedule.ts'

export type Answer = RecipientOutcome | ((address: string) => RecipientOutcome)

export interface Script {
  /** What becomes of each recipient; taken unless told. */
  answer?: Answer
  /** Settles when the message may come to its end there. */
  until?: Promise<unknown>
  /** The answer holds for the hop. */
  isOfHop?: boolean
  /** It breaks after so many messages; never unless told. */
  messages?: number
  mostRecipients?: number
  /** Couriers at once; 1 unless told. 0: nobody is ever let through. */
  couriers?: number
  /** Its couriers wait a moment for what comes next. */
  lingers?: boolean
  /** Thrown by `carry`. */
  fault?: string
}

export const taken: RecipientOutcome = { kind: 'delivered', reply: '250 2.0.0 Ok: queued', peerReports: false }

export function refused(kind: 'failed' | 'deferred', over: Partial<RefusedOutcome> = {}): RefusedOutcome {
  const usual =
    kind === 'failed'
      ? ({ status: '5.1.1', reply: '550 5.1.1 no such user', class: 'recipient-unknown' } as const)
      : ({ status: '4.2.1', reply: '450 4.2.1 try later', class: 'rate' } as const)
  return { kind, ...usual, by: 'mx.test', notBefore: undefined, ...over }
}

/** What came to a peer: it is there for good, whatever we come to know of it. */
export interface Arrived {
  readonly hop: string
  readonly messageId: string
  readonly returnPath: string
  readonly to: readonly string[]
  readonly text: string
}

export class ScriptedCarriage implements Carriage {
  readonly scripts = new Map<string, Script>()
  readonly arrived: Arrived[] = []
  /** Each message that was tried, by hop and id. */
  readonly tried: string[] = []
  /** So many connections there are now, and were at most, by hop. */
  readonly open = new Map<string, number>()
  readonly most = new Map<string, number>()
  /** Couriers that were ever let through, by hop. */
  readonly granted = new Map<string, number>()
  /** Asked for and not granted. */
  readonly waiting = new Map<string, Set<() => void>>()
  schedules: Schedule = usualSchedule
  /** The hops whose couriers were called back in the middle of a message. */
  readonly calledBack: string[] = []
  /** The hops of which nothing that was known may count. */
  readonly lookedAgain: string[] = []
  reroute: (asked: Routed) => Route | undefined = () => undefined

  script(hop: string, script: Script): void {
    this.scripts.set(hop, script)
    this.#grant(hop)
  }

  route(asked: Routed): Route {
    const domain = asked.recipient.slice(asked.recipient.lastIndexOf('@') + 1)
    return this.reroute(asked) ?? { kind: 'hop', hop: domain }
  }

  schedule(): Schedule {
    return this.schedules
  }

  lookAgain(hop: string): void {
    this.lookedAgain.push(hop)
  }

  async courier(hop: string, signal: AbortSignal): Promise<Courier> {
    await new Promise<void>((resolve, reject) => {
      const waiting = this.waiting.get(hop) ?? new Set()
      this.waiting.set(hop, waiting.add(resolve))
      signal.addEventListener(
        'abort',
        () => {
          if (waiting.delete(resolve)) reject(signal.reason)
        },
        { once: true },
      )
      this.#grant(hop)
    })
    return this.#courier(hop, signal)
  }

  #grant(hop: string): void {
    const { couriers = 1 } = this.scripts.get(hop) ?? {}
    const waiting = this.waiting.get(hop) ?? new Set()
    for (const resolve of waiting) {
      const open = this.open.get(hop) ?? 0
      if (open >= couriers) return
      waiting.delete(resolve)
      this.open.set(hop, open + 1)
      this.granted.set(hop, (this.granted.get(hop) ?? 0) + 1)
      this.most.set(hop, Math.max(open + 1, this.most.get(hop) ?? 0))
      resolve()
    }
  }

  #courier(hop: string, signal: AbortSignal): Courier {
    const script = () => this.scripts.get(hop) ?? {}
    let carried = 0
    let isOpen = true
    return {
      get mostRecipients() {
        return script().mostRecipients ?? 100
      },
      get mayLinger() {
        return script().lingers === true
      },
      get isUsable() {
        return carried < (script().messages ?? Number.POSITIVE_INFINITY)
      },
      carry: async mail => {
        carried += 1
        return await this.#carry(hop, mail, signal)
      },
      [Symbol.asyncDispose]: async () => {
        if (!isOpen) return
        isOpen = false
        this.open.set(hop, (this.open.get(hop) ?? 1) - 1)
        this.#grant(hop)
      },
    }
  }

  async #carry(hop: string, mail: Mail, signal: AbortSignal): Promise<Carried> {
    const { answer = taken, isOfHop = false, until, fault } = this.scripts.get(hop) ?? {}
    const { messageId, returnPath, recipients, spooled, fields } = mail
    this.tried.push(`${hop} ${messageId}`)
    if (await isCalledBack(until, signal)) {
      this.calledBack.push(hop)
      return { outcomes: recipients.map(() => refused('deferred', { class: 'ours' })), tries: [], isOfHop: false }
    }
    if (fault !== undefined) throw new Error(fault)
    const text = fields + Buffer.from(await spooled.read(0, spooled.sizeBytes)).toString()
    const outcomes = recipients.map(({ address }) => (typeof answer === 'function' ? answer(address) : answer))
    const to = recipients.filter((_, index) => outcomes[index]?.kind === 'delivered').map(({ address }) => address)
    if (to.length > 0) this.arrived.push({ hop, messageId, returnPath, to, text })
    const transcript = ` -> MAIL FROM:<${returnPath}>\n<-  ${outcomes[0]?.reply}\n`
    const one = { at: 0, tookMs: 1, host: `mx.${hop}`, address: '192.0.2.1:25', tls: undefined, transcript }
    return { outcomes, tries: [one], isOfHop }
  }
}

async function isCalledBack(until: Promise<unknown> | undefined, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const call = () => resolve()
  signal.addEventListener('abort', call, { once: true })
  await Promise.race([until, promise])
  signal.removeEventListener('abort', call)
  return signal.aborted
}

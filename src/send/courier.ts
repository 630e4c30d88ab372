// Brings one message after the other to one hop, over one connection: opened with the first message, handed on when it ends. What the peer
// answers sets the pace.

import { fieldsNamed, readHeader } from '#mail/header.ts'
import type { RecipientOutcome, RefusedOutcome, Try } from '#mail/outcome.ts'
import type { Connection } from './connection.ts'
import type { Destination } from './destination.ts'
import type { Permit } from './gates.ts'
import { limits } from './limits.ts'
import type { Mail } from './mail.ts'
import { type ReachNeeds, reach } from './reach.ts'
import type { PaceSettings } from './settings.ts'

export interface Courier extends AsyncDisposable {
  /** How many recipients of one message go at a time. */
  readonly mostRecipients: number
  /** Whether `carry` may be called again: false when the connection has done what it may, or broke. */
  readonly isUsable: boolean
  /** It is at nobody's cost when it waits a moment for the next message. Undefined: it is not to wait. */
  readonly mayLinger?: boolean
  /** One message to some of its recipients. Rejects on a fault of ours alone. */
  carry(mail: Mail): Promise<Carried>
}

export interface Carried {
  /** In the order of the recipients. */
  readonly outcomes: readonly RecipientOutcome[]
  /** Each connection that was tried, in order. */
  readonly tries: readonly Try[]
  /** The answer holds for everything that is due to this hop: none of it needs a try of its own now. */
  readonly isOfHop: boolean
}

export interface CourierNeeds extends ReachNeeds {
  readonly permit: Permit
  readonly destination: Destination
  readonly pace: PaceSettings
  readonly connectMs: number
  readonly busyConnectMs: number
  readonly signal: AbortSignal
  /** Counts a message for the warm-up. */
  sent(): void
}

interface NoConnection {
  readonly kind: 'none'
  readonly outcome: RefusedOutcome
  readonly isOfHop: boolean
}

/** What a message asks of its connection besides being brought. */
type Terms = 'usual' | 'require-tls' | 'no-policies'

export class PeerCourier implements Courier {
  readonly mostRecipients: number
  readonly #needs: CourierNeeds
  #connection: Connection | undefined
  /** A message is under way over it. */
  #delivering: Connection | undefined
  #terms: Terms = 'usual'
  #isOver = false

  constructor(needs: CourierNeeds) {
    this.#needs = needs
    this.mostRecipients = needs.pace.recipients
    needs.signal.addEventListener('abort', this.#breakOff, { once: true })
  }

  get isUsable(): boolean {
    return !this.#isOver && this.#needs.permit.hasMessage
  }

  get mayLinger(): boolean {
    return this.#connection !== undefined && this.#needs.permit.mayLinger
  }

  async carry(mail: Mail): Promise<Carried> {
    const first = await this.#carryOnce(mail)
    if (!first.outcomes.some(isLeftOver)) return first
    return await this.#carryRest(mail, first)
  }

  /** Where the peer takes only some of the recipients over one connection (RFC 9422), the others go over further ones. */
  async #carryRest(mail: Mail, first: Carried): Promise<Carried> {
    const outcomes = [...first.outcomes]
    const tries = [...first.tries]
    const tell = (at: number, host: string) => {
      const outcome = outcomes[at]
      if (outcome?.kind === 'delivered') mail.taken?.(at, outcome, host)
    }
    for (let used = 1; used < limits.connectionsPerMessage; used += 1) {
      const places = [...outcomes.keys()].filter(at => isLeftOver(outcomes[at]))
      if (places.length === 0 || !this.#needs.permit.hasMessage) break
      for (const at of outcomes.keys()) tell(at, tries.at(-1)?.host ?? '')
      this.#letGo()
      const recipients = places.flatMap(at => mail.recipients[at] ?? [])
      const taken: Mail['taken'] = (at, outcome, host) => mail.taken?.(places[at] ?? 0, outcome, host)
      const next = await this.#carryOnce({ ...mail, recipients, taken })
      tries.push(...next.tries)
      for (const [index, outcome] of next.outcomes.entries()) outcomes[places[index] ?? 0] = outcome
      if (next.outcomes.every(isLeftOver)) break
    }
    return { outcomes, tries, isOfHop: false }
  }

  async #carryOnce(mail: Mail): Promise<Carried> {
    this.#needs.permit.spend()
    const tries: Try[] = []
    const carried = await this.#carryOver(await this.#connectionFor(mail, tries, true), mail, tries)
    if (carried !== undefined) return carried
    // The peer had lost its patience with the connection before it heard of the message.
    this.#letGo()
    const fresh = await this.#carryOver(await this.#connectionFor(mail, tries, false), mail, tries)
    if (fresh === undefined) throw new Error('a new connection was used before')
    return fresh
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#needs.signal.removeEventListener('abort', this.#breakOff)
    this.#letGo()
    this.#needs.permit[Symbol.dispose]()
  }

  /** Undefined: the connection was used before, and is of no more use. */
  async #carryOver(connection: Connection | NoConnection, mail: Mail, tries: Try[]): Promise<Carried | undefined> {
    if ('kind' in connection) return this.#toAll(mail, connection, tries)
    const wasUsed = connection.isUsed
    const { outcomes, wasStale, try: one } = await this.#deliver(connection, mail)
    tries.push(one)
    if (wasUsed && wasStale && !this.#needs.signal.aborted) return undefined
    this.#judge(connection, outcomes)
    return { outcomes, tries, isOfHop: false }
  }

  async #connectionFor(mail: Mail, tries: Try[], fromPool: boolean): Promise<Connection | NoConnection> {
    // RFC 8689 5: a report is not lost for it.
    const requireTls = mail.parameters.requireTls && mail.returnPath !== ''
    const mayStay = requireTls ? this.#terms === 'require-tls' : this.#terms !== 'no-policies'
    if (this.#connection !== undefined && mayStay && this.#connection.isUsable && !this.#connection.isGone)
      return this.#connection
    this.#letGo()
    const ignoresPolicies = !requireTls && saysTlsNotRequired(mail)
    const { destination, permit, connectMs, busyConnectMs, pace, signal } = this.#needs
    const reached = await reach(this.#needs, {
      destination,
      source: permit.source,
      connectMs,
      busyConnectMs,
      messagesPerConnection: pace.messagesPerConnection,
      requireTls,
      ignoresPolicies,
      fromPool,
      signal,
    })
    tries.push(...reached.tries)
    if (reached.kind === 'reached') {
      this.#connection = reached.connection
      this.#terms = requireTls ? 'require-tls' : ignoresPolicies ? 'no-policies' : 'usual'
      return reached.connection
    }
    this.#isOver = true
    if (reached.isFull) permit.pace.full()
    else if (reached.tries.length > 0) permit.pace.failed()
    return { kind: 'none', outcome: reached.outcome, isOfHop: reached.isOfHop }
  }

  async #deliver(connection: Connection, mail: Mail) {
    try {
      this.#delivering = connection
      const delivery = await connection.deliver(mail)
      this.#needs.sent()
      return delivery
    } catch (error) {
      this.#isOver = true
      this.#letGo()
      throw error
    } finally {
      this.#delivering = undefined
    }
  }

  /** Whoever is in the middle of a message takes no leave: the connection ends here and now. */
  readonly #breakOff = (): void => {
    const connection = this.#delivering
    if (connection === undefined) return
    this.#isOver = true
    this.#connection = undefined
    this.#needs.pool.end(connection)
  }

  #judge(connection: Connection, outcomes: readonly RecipientOutcome[]): void {
    const { pace } = this.#needs.permit
    if (outcomes.some(isComplaint)) {
      pace.complained()
      this.#isOver = true
    } else if (outcomes.every(isBreak)) {
      pace.failed()
      this.#isOver = true
    } else this.#needs.permit.succeeded()
    // Whoever wants more of the destination asks anew: others that wait for it have their turn between.
    if (!connection.isUsable) this.#isOver = true
  }

  #toAll({ recipients }: Mail, { outcome, isOfHop }: NoConnection, tries: readonly Try[]): Carried {
    return { outcomes: recipients.map(() => outcome), tries, isOfHop }
  }

  #letGo(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (connection !== undefined) this.#needs.pool.give(connection.poolKey, connection)
  }
}

/** Gives one answer to everything: there is nothing to connect to, or not now. Once: it may be otherwise for whoever comes next. */
export function answering(outcome: RefusedOutcome, isOfHop = true): Courier {
  let isUsable = true
  return {
    mostRecipients: limits.recipients,
    get isUsable() {
      return isUsable
    },
    carry: async ({ recipients }) => {
      isUsable = false
      return { outcomes: recipients.map(() => outcome), tries: [], isOfHop }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** The session had no more room for this recipient. */
function isLeftOver(outcome: RecipientOutcome | undefined): boolean {
  return (
    outcome?.kind === 'deferred' && outcome.by === undefined && outcome.class === 'rate' && outcome.status === '4.5.3'
  )
}

function isBreak(outcome: RecipientOutcome): boolean {
  return outcome.kind === 'deferred' && outcome.by === undefined && outcome.class === 'network'
}

function is421(outcome: RecipientOutcome): boolean {
  return outcome.kind === 'deferred' && outcome.by !== undefined && outcome.reply.startsWith('421')
}

/** 421 and 4.7.x, and what is said of our reputation for good; not greylisting, which says that of everybody. */
export function isComplaint(outcome: RecipientOutcome): boolean {
  if (outcome.kind === 'delivered' || outcome.by === undefined) return false
  const { class: kind, status, reply } = outcome
  if (/gr[ae]y-?\s?list/i.test(reply)) return false
  if (kind === 'rate' || kind === 'reputation') return true
  return outcome.kind === 'deferred' && (status.startsWith('4.7.') || (is421(outcome) && !status.startsWith('4.4.')))
}

/** A header field `TLS-Required: No` (RFC 8689 5). */
export function saysTlsNotRequired({ spooled: { head } }: Mail): boolean {
  return fieldsNamed(readHeader(head), 'tls-required').some(({ value }) => value.trim().toLowerCase() === 'no')
}

// Walks a real house and the model side by side: two POP3 clients, an IMAP client and deliveries on one account, one step after the other.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { OnDelete } from '#retrieval/retrieval.ts'
import type { Draws } from '../fuzz/draws.ts'
import { deliver } from './deliver.ts'
import { ImapClient } from './imap-client.ts'
import { accountId, type Place } from './place.ts'
import { Pop3Sessions } from './pop3-sessions.ts'
import { lastStored, lookAtCounts, over, type Site } from './site.ts'
import { Text } from './text.ts'
import { World } from './world.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const limits = {
  /** Used by IMAP since then: `auto` hides. */
  imapUsedMs: 30 * dayMs,
  /** So long no second notice comes. */
  noticeEveryMs: 30 * dayMs,
  /** Steps for which the IMAP client stays away. */
  stepsAway: 60,
  /** How long what goes on in the background may take. */
  patienceMs: 10_000,
  traceShown: 40,
  traceKept: 1_000,
} as const

export type Policy = OnDelete | 'auto'

export class Walk {
  readonly #site: Site
  readonly #policy: Policy
  readonly #pop3: Pop3Sessions
  readonly #trace: string[] = []
  #imap: ImapClient | undefined
  /** When IMAP was last used. */
  #imapAt: number | undefined
  #stepsAway = 0
  #noticedAt: number | undefined

  constructor(place: Place, policy: Policy, draws: Draws) {
    const note = (line: string) => void this.#trace.push(line)
    this.#site = { place, world: new World(() => place.clock.now()), draws, note }
    this.#policy = policy
    const walk = this
    this.#pop3 = new Pop3Sessions(this.#site, {
      get imap() {
        return walk.#imap
      },
      get onDelete() {
        return walk.#onDelete
      },
    })
  }

  /** A failure tells after how many steps, which is the shortest walk that fails, and what was said last. */
  async steps(count: number): Promise<void> {
    for (let taken = 1; taken <= count; taken += 1) {
      await this.#told(`step ${taken} (POSTHOUSE_MODEL_STEPS=${taken} ends here)`, () => this.#step())
      if (this.#trace.length > limits.traceKept) this.#trace.splice(0, limits.traceKept - limits.traceShown)
    }
    await this.#told('at the end', () => this.#lookAtAll())
  }

  async #told(when: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`${when}: ${reason}\n${this.#trace.slice(-limits.traceShown).join('\n')}`, { cause: error })
    }
  }

  async #step(): Promise<void> {
    const { draws } = this.#site
    this.#stepsAway -= 1
    if (draws.oneIn(300)) return await this.#restart()
    if (draws.oneIn(200)) return await this.#passDays(draws.oneIn(2) ? 10 : 40)
    if (draws.oneIn(100)) return await this.#passMinutes()
    if (draws.oneIn(25)) return await lookAtCounts(this.#site)
    if (draws.oneIn(25)) return await this.#restore()
    const choice = draws.below(20)
    if (choice < 4) return await deliver(this.#site)
    if (choice < 10) return await this.#useImap()
    await this.#pop3.step()
  }

  get #onDelete(): OnDelete {
    if (this.#policy !== 'auto') return this.#policy
    if (this.#imap !== undefined) return 'hide'
    const now = this.#site.place.clock.now()
    return this.#imapAt !== undefined && now - this.#imapAt < limits.imapUsedMs ? 'hide' : 'delete'
  }

  async #useImap(): Promise<void> {
    const { draws } = this.#site
    if (this.#stepsAway > 0) return
    if (this.#imap === undefined) this.#imap = await this.#logIn()
    else if (draws.oneIn(100)) await this.#leaveImap(draws.oneIn(2))
    else await this.#imap.step(draws)
  }

  async #logIn(): Promise<ImapClient> {
    const { place, world, note } = this.#site
    const client = new ImapClient(place.imap(), world, note)
    await client.logIn()
    return client
  }

  async #leaveImap(says: boolean): Promise<void> {
    const client = this.#imap
    if (client === undefined) return
    this.#imap = undefined
    this.#imapAt = this.#site.place.clock.now()
    await (says ? client.logOut() : over(client.connection))
  }

  /** What the operator does: puts back some of what was removed. */
  async #restore(): Promise<void> {
    const { place, world, draws, note } = this.#site
    const graves = world.graves.toSorted((one, other) => one.entry.serial - other.entry.serial)
    const buried = await place.store.buried(accountId, { most: 10_000 })
    assert.deepEqual(
      buried.map(({ mailbox, by, sizeBytes, removedAt }) => [mailbox, by, sizeBytes, removedAt]),
      graves.map(({ box, by, entry, at }) => [box.name, by, entry.text.stored.length, at]),
      'what can be restored',
    )
    const chosen = graves.filter(() => draws.oneIn(2 + Math.floor(graves.length / 5)))
    const forPop3 = draws.oneIn(2)
    const to = draws.oneIn(4) ? draws.pick([...world.boxes.values()]) : undefined
    const ids = chosen.map(grave => buried[graves.indexOf(grave)]?.entryId ?? 0)
    note(`restore: ${chosen.map(({ entry }) => entry.serial)} to ${to?.name} ${forPop3 ? 'for POP3' : ''}`)
    const outcome = await place.store.restore(accountId, ids, { forPop3, mailbox: to?.name })
    assert.equal(outcome.kind, 'done')
    world.restore(chosen, { forPop3, to })
  }

  /** Connections break. */
  async #restart(): Promise<void> {
    this.#site.note('restart')
    await this.#pop3.leave(over)
    await this.#leaveImap(false)
    await this.#site.place.restart()
    await this.#lookForNotice()
  }

  /** The POP3 session ends without a word; the IMAP session, which says something, lasts. */
  async #passMinutes(): Promise<void> {
    const { place, world, note } = this.#site
    await this.#imap?.look(world.inbox)
    note('eleven minutes pass')
    place.clock.advance(11 * minuteMs)
    await this.#pop3.leave(({ ended }) => ended)
    await this.#lookForNotice()
  }

  /** Nobody is there meanwhile, and the IMAP client stays away for a while. What was removed long ago is let go. */
  async #passDays(days: number): Promise<void> {
    const { place, world, note } = this.#site
    note(`${days} days pass`)
    await this.#pop3.leave(over)
    await this.#leaveImap(false)
    for (const ms of [days * dayMs, hourMs + minuteMs, hourMs + minuteMs]) {
      place.clock.advance(ms)
      await this.#lookForNotice()
      await setImmediate()
    }
    world.forgetOld()
    const deadline = performance.now() + limits.patienceMs
    while ((await place.store.buried(accountId, { most: 10_000 })).length > world.graves.length) {
      assert.ok(performance.now() < deadline, 'what was removed long ago is still there')
      place.clock.advance(11 * minuteMs)
      await setImmediate()
    }
    this.#stepsAway = limits.stepsAway
  }

  /** The guard may have told the owner that both protocols are in use: once in 30 days, where nobody has said what DELE means. */
  async #lookForNotice(): Promise<void> {
    const { place, world, note } = this.#site
    await place.retrieval.write()
    const inbox = await place.store.mailbox(accountId, 'INBOX')
    if (inbox?.uidNext === world.inbox.uidNext) return
    const text = await lastStored(this.#site)
    note(`a notice: ${JSON.stringify(text.slice(0, 200))}`)
    assert.match(text, /^Auto-Submitted: auto-generated\r\n/m)
    assert.equal(this.#policy, 'auto')
    const now = place.clock.now()
    assert.ok(this.#noticedAt === undefined || now - this.#noticedAt >= limits.noticeEveryMs, 'a second notice')
    this.#noticedAt = now
    world.add(world.inbox, new Text(text))
  }

  /** All that IMAP shows, and all that POP3 shows in both ways. */
  async #lookAtAll(): Promise<void> {
    await this.#restart()
    await lookAtCounts(this.#site)
    const imap = await this.#logIn()
    for (const box of this.#site.world.boxes.values()) await imap.look(box)
    await imap.logOut()
    for (let times = 0; times < 4; times += 1) await this.#pop3.lookAtAll()
  }
}

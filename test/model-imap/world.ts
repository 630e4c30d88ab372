// What is true: one account's mailboxes as any correct server must have them, however sessions see them.

import assert from 'node:assert/strict'
import type { Store } from '#store/store.ts'

export interface Message {
  readonly uid: number
  flags: ReadonlySet<string>
  modseq: number
  readonly text: string
}

export interface Box {
  name: string
  readonly uidValidity: number
  uidNext: number
  highestModseq: number
  /** UIDs from here up were never shown to a session that takes \Recent. */
  recentFrom: number
  readonly messages: Map<number, Message>
  /** What was expunged, as it was last. */
  readonly buried: Map<number, Message>
  /** UIDs that left, and the MODSEQ of that. */
  readonly tombstones: Map<number, number>
  /** UIDs that were \\Recent in a session that takes it. */
  readonly taken: Set<number>
  gone: boolean
}

export type FlagEdit = { readonly action: '+' | '-' | ''; readonly flags: readonly string[] }

export const accountId = 1

const stepsUnchecked = 5

/** RFC 7162 3.1.3: a MODSEQ of 0 is that of a keyword which the message does not have; flags it always has. */
function isSpared({ modseq, flags }: Message, edit: FlagEdit, unchangedSince: number): boolean {
  if (modseq <= unchangedSince) return false
  return unchangedSince > 0 || edit.action === '' || edit.flags.some(name => name.startsWith('\\') || flags.has(name))
}

export class World {
  readonly boxes = new Map<string, Box>()
  readonly #store: Store
  /** The account's MODSEQ; every change takes the next. */
  #modseq = 0
  readonly #touched = new Set<Box>()
  #unchecked = 0
  /** What the store had when it was looked at last. */
  readonly #recentFrom = new Map<Box, number>()
  /** Called when a message's flags have changed. */
  onFlags: (box: Box, message: Message) => void = () => {}

  constructor(store: Store) {
    this.#store = store
  }

  /** Takes over what a new account has. */
  async start(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#store.createMailbox(accountId, name)
    await this.learn(true)
  }

  /** `flags` of a new message. */
  add(box: Box, texts: readonly { readonly text: string; readonly flags: readonly string[] }[]): readonly number[] {
    const modseq = this.#step(box)
    return texts.map(({ text, flags }) => place(box, { text, flags: new Set(flags), modseq }))
  }

  /** The UIDs that `unchangedSince` spares. */
  setFlags(box: Box, uids: readonly number[], edit: FlagEdit, unchangedSince = Number.POSITIVE_INFINITY): number[] {
    const there = uids.flatMap(uid => box.messages.get(uid) ?? [])
    const spared = there.filter(message => isSpared(message, edit, unchangedSince))
    const changing = there.filter(message => !spared.includes(message) && !equal(message.flags, edited(message, edit)))
    if (changing.length > 0) {
      const modseq = this.#step(box)
      for (const message of changing) {
        message.flags = edited(message, edit)
        message.modseq = modseq
        this.onFlags(box, message)
      }
    }
    return spared.map(({ uid }) => uid)
  }

  /** Those of `uids` that are there leave. */
  expunge(box: Box, uids: readonly number[]): readonly number[] {
    const going = uids.filter(uid => box.messages.has(uid))
    if (going.length > 0) bury(box, going, this.#step(box))
    return going
  }

  /** The two lists pair up. */
  transfer(
    from: Box,
    to: Box,
    uids: readonly number[],
    moves: boolean,
  ): { from: readonly number[]; to: readonly number[] } {
    const there = uids.flatMap(uid => from.messages.get(uid) ?? [])
    if (there.length === 0) return { from: [], to: [] }
    const modseq = this.#step(to)
    const copies = there.map(({ text, flags }) => ({ text, flags, modseq }))
    const left = there.map(({ uid }) => uid)
    if (moves) {
      this.#touched.add(from)
      from.highestModseq = modseq
      bury(from, left, modseq)
    }
    return { from: left, to: copies.map(copy => place(to, copy)) }
  }

  remove(box: Box): void {
    this.boxes.delete(box.name)
    box.gone = true
    this.#modseq += 1
    for (const uid of [...box.messages.keys()]) bury(box, [uid], 0)
  }

  rename(box: Box, name: string): void {
    this.boxes.delete(box.name)
    box.name = name
    this.boxes.set(name, box)
    this.#modseq += 1
  }

  /**
   * Holds the model against the store: counts and counters of every mailbox. A mailbox that is new is taken over.
   * Where nothing should have changed it looks only now and then: what did change all the same stays to be found.
   * The MODSEQ of what changed may be higher than the model thought: making and deleting mailboxes takes some, too.
   */
  async learn(mayHaveNew = false): Promise<void> {
    this.#unchecked += 1
    if (!mayHaveNew && this.#touched.size === 0 && this.#unchecked < stepsUnchecked) return
    this.#unchecked = 0
    for (const found of await this.#store.mailboxes(accountId)) {
      const { name, uidValidity, uidNext, highestModseq, recentFrom } = found
      const box = this.boxes.get(name)
      this.#modseq = Math.max(this.#modseq, highestModseq)
      if (box === undefined) {
        const empty = { messages: new Map(), buried: new Map(), tombstones: new Map(), taken: new Set<number>() }
        this.boxes.set(name, { name, uidValidity, uidNext, highestModseq, recentFrom, ...empty, gone: false })
        continue
      }
      this.#learnModseq(box, highestModseq)
      this.#recentFrom.set(box, recentFrom)
      const counts = [uidValidity, uidNext, found.exists, found.unseen, found.deleted].join()
      assert.equal(counts, countsOf(box), `${name}: UIDVALIDITY, UIDNEXT, messages, unseen, deleted`)
    }
    this.#touched.clear()
  }

  /** Whether the \\Recent that sessions took is theirs in the store, by what `learn` saw. */
  checkRecent(): void {
    for (const [box, recentFrom] of this.#recentFrom)
      assert.equal(recentFrom, box.recentFrom, `${box.name}: what the next session finds \\Recent`)
    this.#recentFrom.clear()
  }

  /** Takes over what is \\Recent for the next session: sessions that idle take it in an order of their own. */
  async learnRecent(): Promise<void> {
    this.#recentFrom.clear()
    for (const { name, recentFrom } of await this.#store.mailboxes(accountId)) {
      const box = this.boxes.get(name)
      if (box !== undefined) box.recentFrom = recentFrom
    }
  }

  /** All that a client could find, to be compared. */
  get state(): unknown {
    return [...this.boxes.values()].map(({ name, uidNext, highestModseq, messages }) => ({
      ...{ name, uidNext, highestModseq },
      messages: [...messages.values()].map(({ uid, modseq, flags, text }) => [
        uid,
        modseq,
        [...flags].sort().join(' '),
        text,
      ]),
    }))
  }

  #learnModseq(box: Box, highestModseq: number): void {
    const isTouched = this.#touched.has(box)
    assert.ok(isTouched || highestModseq === box.highestModseq, `${box.name} did not change, its MODSEQ did`)
    assert.ok(highestModseq >= box.highestModseq, `MODSEQ of ${box.name} should be ${box.highestModseq} or higher`)
    for (const message of box.messages.values())
      if (message.modseq === box.highestModseq) message.modseq = highestModseq
    for (const [uid, modseq] of box.tombstones) if (modseq === box.highestModseq) box.tombstones.set(uid, highestModseq)
    box.highestModseq = highestModseq
  }

  #step(box: Box): number {
    this.#touched.add(box)
    this.#modseq += 1
    box.highestModseq = this.#modseq
    return this.#modseq
  }
}

function countsOf({ uidValidity, uidNext, messages }: Box): string {
  let unseen = 0
  let deleted = 0
  for (const { flags } of messages.values()) {
    if (!flags.has('\\Seen')) unseen += 1
    if (flags.has('\\Deleted')) deleted += 1
  }
  return [uidValidity, uidNext, messages.size, unseen, deleted].join()
}

function place(box: Box, message: Omit<Message, 'uid'>): number {
  const uid = box.uidNext++
  box.messages.set(uid, { ...message, uid })
  return uid
}

function bury(box: Box, uids: readonly number[], modseq: number): void {
  for (const uid of uids) {
    const message = box.messages.get(uid)
    assert.ok(message !== undefined)
    box.messages.delete(uid)
    box.buried.set(uid, message)
    box.tombstones.set(uid, modseq)
  }
}

export function edited({ flags }: Pick<Message, 'flags'>, edit: FlagEdit): ReadonlySet<string> {
  if (edit.action === '+') return flags.union(new Set(edit.flags))
  return edit.action === '-' ? flags.difference(new Set(edit.flags)) : new Set(edit.flags)
}

export function equal(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && one.isSubsetOf(other)
}

/** The UIDs of what is there, ascending: messages are only ever added with the highest. */
export function uidsOf(box: Box): readonly number[] {
  return [...box.messages.keys()]
}

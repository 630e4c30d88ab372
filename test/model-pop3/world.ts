// What is true: one account's mailboxes as every protocol must find them, and what was removed from them.

import assert from 'node:assert/strict'
import type { RemovedBy } from '#store/store.ts'
import { edited, type FlagEdit } from '../model-imap/world.ts'
import type { Text } from './text.ts'

/** A message in a mailbox: it goes along when it is moved or restored; a copy is another. */
export interface Entry {
  /** Counts from 1 in the order in which they came. */
  readonly serial: number
  readonly text: Text
  flags: ReadonlySet<string>
  /** POP3 shows it no more. */
  taken: boolean
  /** POP3's unique-id, once it was told, or came along. */
  uidl: string | undefined
}

export interface Box {
  name: string
  uidNext: number
  /** By UID, ascending. */
  readonly entries: Map<number, Entry>
  readonly isTrash: boolean
}

export interface Grave {
  readonly entry: Entry
  readonly box: Box
  readonly by: RemovedBy
  /** Milliseconds since 1970. */
  readonly at: number
}

/** How long what was removed can be restored. */
const keepMs = 14 * 24 * 3_600_000

export class World {
  readonly boxes = new Map<string, Box>()
  graves: readonly Grave[] = []
  readonly #now: () => number
  readonly #uidls = new Map<string, Entry>()
  #serial = 0
  #names = 0
  #forgotten = 0

  constructor(now: () => number) {
    this.#now = now
    for (const name of ['INBOX', 'Drafts', 'Sent', 'Junk', 'Trash', 'Archive']) this.make(name, name === 'Trash')
  }

  get inbox(): Box {
    return this.box('INBOX')
  }

  get trash(): Box | undefined {
    return [...this.boxes.values()].find(box => box.isTrash) ?? this.boxes.get('Trash')
  }

  box(name: string): Box {
    const box = this.boxes.get(name)
    assert.ok(box, `there is no ${name}`)
    return box
  }

  make(name: string, isTrash = false): Box {
    const box = { name, uidNext: 1, entries: new Map(), isTrash }
    this.boxes.set(name, box)
    return box
  }

  /** Of no mailbox that there ever was. */
  newName(): string {
    return `box${++this.#names}`
  }

  /** Its messages are removed with it. */
  remove(box: Box): void {
    this.expunge(box, [...box.entries.keys()], 'imap')
    this.boxes.delete(box.name)
  }

  rename(box: Box, name: string): void {
    this.boxes.delete(box.name)
    box.name = name
    this.boxes.set(name, box)
  }

  add(box: Box, text: Text, flags: readonly string[] = []): Entry {
    const entry = { serial: ++this.#serial, text, flags: new Set(flags), taken: false, uidl: undefined }
    place(box, entry)
    return entry
  }

  /** UIDs that are not there are passed over; so below. */
  copy(from: Box, to: Box, uids: readonly number[]): void {
    for (const [, { text, flags }] of found(from, uids)) this.add(to, text, [...flags])
  }

  move(from: Box, to: Box, uids: readonly number[]): void {
    const moving = found(from, uids)
    for (const [uid] of moving) from.entries.delete(uid)
    for (const [, entry] of moving) place(to, entry)
  }

  expunge(box: Box, uids: readonly number[], by: RemovedBy): void {
    for (const [uid, entry] of found(box, uids)) {
      box.entries.delete(uid)
      this.graves = [...this.graves, { entry, box, by, at: this.#now() }]
    }
  }

  take(box: Box, uids: readonly number[]): void {
    for (const [, entry] of found(box, uids)) entry.taken = true
  }

  setFlags(box: Box, uids: readonly number[], edit: FlagEdit): void {
    for (const [, entry] of found(box, uids)) entry.flags = edited(entry, edit)
  }

  /** Each goes back to where it was. */
  restore(graves: readonly Grave[], { forPop3, to }: { forPop3: boolean; to: Box | undefined }): void {
    // A mailbox gets all of its own at once; mailboxes one after the other, in the order of their first.
    const groups = Map.groupBy(graves, ({ box }) => to?.name ?? box.name)
    for (const [name, alike] of groups) {
      const box = this.boxes.get(name) ?? this.make(name)
      for (const { entry, by } of alike) {
        entry.flags = entry.flags.difference(new Set(['\\Deleted']))
        entry.taken = !forPop3 && (entry.taken || by === 'pop3')
        place(box, entry)
      }
    }
    this.graves = this.graves.filter(grave => !graves.includes(grave))
  }

  /** What was removed too long ago can't be restored. */
  forgetOld(): void {
    const kept = this.graves.filter(({ at }) => this.#now() - at < keepMs)
    this.#forgotten += this.graves.length - kept.length
    this.graves = kept
  }

  /** The unique-id of an entry: no other has ever had it, and it has had no other. */
  noteUidl(entry: Entry, uidl: string): void {
    const owner = this.#uidls.get(uidl)
    assert.ok(
      owner === undefined || owner === entry,
      `unique-id ${uidl} was given to ${owner?.serial}, now ${entry.serial}`,
    )
    assert.ok(
      entry.uidl === undefined || entry.uidl === uidl,
      `unique-id of ${entry.serial} was ${entry.uidl}, now ${uidl}`,
    )
    entry.uidl = uidl
    this.#uidls.set(uidl, entry)
  }

  isGiven(uidl: string): boolean {
    return this.#uidls.has(uidl)
  }

  /** Every entry there ever was is in one place. */
  checkNothingIsLost(): void {
    const places = [...this.boxes.values()].flatMap(({ entries }) => [...entries.values()])
    const kept = [...places, ...this.graves.map(({ entry }) => entry)]
    assert.equal(new Set(kept).size, kept.length, 'an entry is in two places')
    assert.equal(kept.length + this.#forgotten, this.#serial, 'an entry is nowhere')
  }
}

function found(box: Box, uids: readonly number[]): readonly (readonly [uid: number, entry: Entry])[] {
  return uids.flatMap(uid => {
    const entry = box.entries.get(uid)
    return entry === undefined ? [] : [[uid, entry] as const]
  })
}

function place(box: Box, entry: Entry): void {
  box.entries.set(box.uidNext++, entry)
}

// STORE (RFC 3501 6.4.6, RFC 7162 3.1.3). What the client asked for with .SILENT it is not told, what others did at the same time it is.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { backwards, cutShort, limitOf } from '#imap/message-limit.ts'
import {
  intersection,
  placeAtOrAfter,
  placesIn,
  type Range,
  rangesOfNumbers,
  rangesOfUids,
  rangesSize,
} from '#imap/message-ranges.ts'
import { readerEdit } from '#imap/reader-rights.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { uidSlices } from '#imap/uid-slices.ts'
import { editedKeywords } from '#store/keywords.ts'
import type { ResponseCode } from '#wire/imap/response-code.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

type StoreCommand = CommandOf<'STORE'>

export async function store(conversation: Conversation, selected: Selected, command: StoreCommand): Promise<Reply> {
  const { uid, set, unchangedSince } = command
  if (selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  if (unchangedSince !== undefined) conversation.useCondstore()
  const ranges = uid ? rangesOfUids(set, selected.columns, selected.exists) : rangesOfNumbers(set, selected.exists)
  if (ranges === undefined) return bad('There is no message of this number')
  const uids = uid ? uidsNow(selected, command) : Array.from(placesIn(ranges), place => selected.uidAt(place))
  const limit = limitOf(conversation)
  if (uids.length <= limit) return await storeIn(conversation, selected, { command, ranges, uids })
  const newest = uids.slice(-limit)
  const [lowestUid = 0] = newest
  const first = placeAtOrAfter({ uids: selected.columns.uids, count: selected.exists }, lowestUid)
  const told = backwards(intersection(ranges, [{ first, last: selected.exists - 1 }]))
  return cutShort(
    conversation,
    await storeIn(conversation, selected, { command, ranges: told, uids: newest }),
    lowestUid,
  )
}

interface Stored {
  readonly command: StoreCommand
  /** The places to tell of, in that order. */
  readonly ranges: readonly Range[]
  readonly uids: readonly number[]
}

async function storeIn(conversation: Conversation, selected: Selected, stored: Stored): Promise<Reply> {
  const { command, ranges, uids } = stored
  const expected = command.silent ? new Expected(selected, ranges, command) : undefined
  const left = await setFlags(conversation, selected, { uids, command })
  const someGone = await tell(conversation, selected, { ranges, command, expected, left })
  // RFC 2180 4.2: told only where the client waits for the result of each message.
  const misses = someGone && !command.uid && !command.silent
  // RFC 7162 3.1.3: what was changed since stays, and is named, whatever else there is to tell.
  if (left.spared.size > 0) {
    const reply = ok('Some messages have changed since', modified(selected, command, left.spared))
    return misses || left.full.size > 0 ? { ...reply, status: 'NO' } : reply
  }
  if (left.full.size > 0)
    return no('LIMIT', 'Some of the messages would have too many keywords, and are left as they are')
  return misses ? no('EXPUNGEISSUED', 'Some of the messages are expunged') : ok('Done')
}

/** UIDs of messages that are left as they are. */
interface Left {
  /** By `unchangedSince`. */
  readonly spared: ReadonlySet<number>
  /** They would have too many keywords. */
  readonly full: ReadonlySet<number>
}

async function setFlags(
  conversation: Conversation,
  selected: Selected,
  { uids, command }: { readonly uids: readonly number[]; readonly command: StoreCommand },
): Promise<Left> {
  const { accountId, mailboxId } = selected.view
  const { action, flags, keywords, unchangedSince } = command
  const edit = { action, flags, keywords, unchangedSince, reader: readerEdit(selected.view) }
  const spared = new Set<number>()
  const full = new Set<number>()
  let done = 0
  for (const slice of uidSlices(uids)) {
    const { modified, tooMany } = await conversation.needs.store.setFlags(accountId, mailboxId, slice, edit)
    for (const uid of modified) spared.add(uid)
    for (const uid of tooMany) full.add(uid)
    done += slice.length
    conversation.progress(done, uids.length)
  }
  return { spared, full }
}

interface Told {
  readonly ranges: readonly Range[]
  readonly command: StoreCommand
  readonly expected: Expected | undefined
  readonly left: Left
}

/** The FETCH responses; whether some of the messages are gone. */
async function tell(conversation: Conversation, selected: Selected, told: Told): Promise<boolean> {
  const { output } = conversation
  const { ranges, expected, left } = told
  const { uid, unchangedSince } = told.command
  // Of what was left alone the client learns at once how it is (RFC 7162 3.1.3), however silent.
  const isLeft = (at: number) => left.spared.has(at) || left.full.has(at)
  let someGone = false
  let index = -1
  for (const place of placesIn(ranges)) {
    index += 1
    if (selected.isGone(place)) someGone = true
    else if (expected === undefined || isLeft(selected.uidAt(place))) {
      selected.tellFlags(place, output, { uid })
      selected.markTold(place)
    } else {
      selected.introduce(selected.keywordsAt(place), output)
      const isAsExpected = expected.holds(index, place)
      // RFC 7162 3.1.3: the new MODSEQ is told, however silent the STORE.
      if (unchangedSince !== undefined || (conversation.dialect.condstore && isAsExpected))
        selected.tellFlags(place, output, { uid, flags: !isAsExpected })
      if (isAsExpected) selected.markTold(place)
    }
    if (output.isFull) await conversation.breathe()
  }
  return someGone
}

/** By number or by UID, as the client named them. */
function modified(selected: Selected, { uid, set }: StoreCommand, spared: ReadonlySet<number>): ResponseCode {
  const uids = [...spared].sort((a, b) => a - b)
  if (uid) return { code: 'MODIFIED', set: printUidSet(uids) }
  const ranges = rangesOfNumbers(set, selected.exists) ?? []
  const numbers = [...placesIn(ranges)].filter(place => spared.has(selected.uidAt(place))).map(place => place + 1)
  return { code: 'MODIFIED', set: printUidSet(numbers) }
}

/** Those of the set in what the mailbox holds now, announced or not. */
function uidsNow({ view }: Selected, { set }: StoreCommand): readonly number[] {
  const { current } = view
  return Array.from(placesIn(rangesOfUids(set, current, current.count)), place => current.uids[place] ?? 0)
}

/** The flags that the client must take each message to have after its silent STORE: what differs is another's doing. */
class Expected {
  readonly #selected: Selected
  readonly #command: StoreCommand
  readonly #flags: Uint8Array
  readonly #keywords: string[]
  /** 1 where the client did not know the flags before. */
  readonly #unknown: Uint8Array
  readonly #edited = new Map<string, string>()

  constructor(selected: Selected, ranges: readonly Range[], command: StoreCommand) {
    const size = rangesSize(ranges)
    this.#selected = selected
    this.#command = command
    this.#flags = new Uint8Array(size)
    this.#keywords = []
    this.#unknown = new Uint8Array(size)
    let index = 0
    for (const place of placesIn(ranges)) {
      this.#flags[index] = selected.flagsAt(place)
      this.#keywords.push(selected.keywordsAt(place))
      this.#unknown[index] = selected.isChanged(place) ? 1 : 0
      index += 1
    }
  }

  /** `index`: the message's place in the ranges. */
  holds(index: number, place: number): boolean {
    if (this.#unknown[index] === 1) return false
    if (this.#selected.flagsAt(place) !== this.#editedFlags(this.#flags[index] ?? 0)) return false
    return this.#selected.keywordsAt(place) === this.#editedKeywords(this.#keywords[index] ?? '')
  }

  #editedFlags(flags: number): number {
    switch (this.#command.action) {
      case 'add':
        return flags | this.#command.flags
      case 'remove':
        return flags & ~this.#command.flags
      case 'replace':
        return this.#command.flags
    }
  }

  #editedKeywords(keywords: string): string {
    const known = this.#edited.get(keywords)
    if (known !== undefined) return known
    const edited = editedKeywords(keywords, this.#command.action, this.#command.keywords)
    this.#edited.set(keywords, edited)
    return edited
  }
}

// STORE (RFC 3501 6.4.6). What the client asked for with .SILENT it is not told, what others did at the same time it is.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { placesIn, type Range, rangesOfNumbers, rangesOfUids, rangesSize } from '#imap/message-ranges.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { uidSlices } from '#imap/uid-slices.ts'
import { editedKeywords } from '#store/keywords.ts'
import { flagsFetchLine } from '#wire/imap/print-fetch.ts'

type StoreCommand = CommandOf<'STORE'>

export async function store(
  { needs, output }: Conversation,
  selected: Selected,
  command: StoreCommand,
): Promise<Reply> {
  const { uid, set, silent } = command
  if (selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  const ranges = uid ? rangesOfUids(set, selected.columns, selected.exists) : rangesOfNumbers(set, selected.exists)
  if (ranges === undefined) return bad('There is no message of this number')
  const uids = uid ? uidsNow(selected, command) : Array.from(placesIn(ranges), place => selected.uidAt(place))
  const expected = silent ? new Expected(selected, ranges, command) : undefined
  const { accountId, mailboxId } = selected.view
  for (const slice of uidSlices(uids)) await needs.store.setFlags(accountId, mailboxId, slice, command)
  let someGone = false
  let index = 0
  for (const place of placesIn(ranges)) {
    if (selected.isGone(place)) someGone = true
    else if (expected === undefined) {
      output.text(flagsFetchLine(place + 1, uid ? selected.uidAt(place) : undefined, selected.flagText(place, output)))
      selected.markTold(place)
    } else {
      selected.introduce(selected.keywordsAt(place), output)
      if (expected.holds(index, place)) selected.markTold(place)
    }
    index += 1
  }
  // RFC 2180 4.2: told only where the client waits for the result of each message.
  if (someGone && !uid && !silent) return no('EXPUNGEISSUED', 'Some of the messages are expunged')
  return ok('Done')
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

// The selected mailbox as one session's client knows it (RFC 3501 7.3, 7.4): which message has which number, and what the client
// was not told yet. The shared view may be ahead: what is expunged there stays readable here until `announce` says so.

import { flag } from '#mail/flags.ts'
import { indexOfUid, type MailboxView, type Snapshot } from '#store/mailbox-view.ts'
import { printFlags } from '#wire/imap/flags.ts'
import { flagsFetchLine } from '#wire/imap/print-fetch.ts'
import { printExists, printExpunge, printFlagsLine, printRecent, printStatusResponse } from '#wire/imap/print-lines.ts'
import { keywordCombinationsTold, keywordsShown } from './limits.ts'
import type { Output } from './output.ts'
import { Recent } from './recent.ts'

export interface SelectedOptions {
  readonly view: MailboxView
  readonly readOnly: boolean
  /** From which UID on messages were never shown to a session: `store.claimRecent`, or for a read-only session a look without claiming. */
  readonly firstRecent: () => Promise<number>
}

/** What `announce` may say besides flags and whether its FETCH responses carry the UID. */
export interface Moment {
  /** EXPUNGE, and EXISTS behind one: not while FETCH, STORE or SEARCH by sequence number run (RFC 3501 7.4.1). */
  readonly expunges: boolean
  readonly uid: boolean
}

const allFlags = flag.answered | flag.flagged | flag.deleted | flag.seen | flag.draft

export class Selected implements Disposable {
  readonly view: MailboxView
  readonly readOnly: boolean
  readonly #firstRecent: () => Promise<number>
  readonly #recent = new Recent()
  /** Keyword combinations whose names FLAGS has told. */
  readonly #toldCombinations = new Set<string>()
  readonly #toldKeywords = new Set<string>()
  #snapshot: Snapshot
  #exists = 0
  /** The highest UID that the client was ever told of. */
  #highestUid = 0
  /** Flag changes up to here were told. */
  #toldModseq = 0
  /** MODSEQ of the flags that responses of the running command told, by place. */
  #toldPlaces: Map<number, number> | undefined

  constructor(options: SelectedOptions) {
    this.view = options.view
    this.readOnly = options.readOnly
    this.#firstRecent = options.firstRecent
    this.#snapshot = options.view.current
  }

  /** Messages that the client knows of: numbers 1 to `exists`, places 0 to `exists - 1`. */
  get exists(): number {
    return this.#exists
  }

  /** The columns by place of what never changes: UIDs, sizes, dates, ids. Flags: `flagsAt`. */
  get columns(): Snapshot {
    return this.#snapshot
  }

  get recentCount(): number {
    return this.#recent.countIn(this.#snapshot, this.#exists)
  }

  uidAt(place: number): number {
    return this.#snapshot.uids[place] ?? 0
  }

  isRecent(place: number): boolean {
    return this.#recent.has(this.uidAt(place))
  }

  /** Whether another session has expunged the message, which is not announced yet. */
  isGone(place: number): boolean {
    return this.view.gone || this.#now(place) < 0
  }

  /** Bits of mail/flags.ts as they are now; of an expunged message its last ones. */
  flagsAt(place: number): number {
    const now = this.#now(place)
    return (now < 0 ? this.#snapshot.flags[place] : this.view.current.flags[now]) ?? 0
  }

  /** Keywords joined by spaces, '' for none. */
  keywordsAt(place: number): string {
    const now = this.#now(place)
    return (now < 0 ? this.#snapshot.keywords[place] : this.view.current.keywords[now]) ?? ''
  }

  /** `\Seen $Label`; says FLAGS first if the client does not know one of the keywords. */
  flagText(place: number, output: Output): string {
    const keywords = this.keywordsAt(place)
    this.introduce(keywords, output)
    return printFlags(this.flagsAt(place), keywords, this.isRecent(place))
  }

  /** Says FLAGS and PERMANENTFLAGS anew if one of the keywords is new to the client (RFC 3501 7.2.6). */
  introduce(keywords: string, output: Output): void {
    if (keywords === '' || this.#toldCombinations.has(keywords)) return
    if (this.#learnKeywords([keywords])) this.#tellKeywords(output)
  }

  /** The message's flags are in a response of the running command: the next `announce` does not repeat them. */
  markTold(place: number): void {
    if (this.view.highestModseq === this.#toldModseq) return
    const now = this.#now(place)
    if (now < 0) return
    this.#toldPlaces ??= new Map()
    this.#toldPlaces.set(place, this.view.current.modseqs[now] ?? 0)
  }

  /** Whether the flags have changed since the client was told. */
  isChanged(place: number): boolean {
    const now = this.#now(place)
    return now >= 0 && (this.view.current.modseqs[now] ?? 0) > this.#toldAt(place)
  }

  /** SELECT's untagged responses: FLAGS, EXISTS, RECENT. Called once, before anything else. */
  async open(output: Output): Promise<void> {
    await this.#adopt()
    this.#toldModseq = this.view.highestModseq
    this.#learnKeywords(this.#combinations())
    this.#tellKeywords(output)
    this.#tellExists(output)
  }

  /** The number of the first message without \Seen; undefined if there is none. */
  get firstUnseen(): number | undefined {
    for (let place = 0; place < this.#exists; place += 1) if ((this.flagsAt(place) & flag.seen) === 0) return place + 1
    return undefined
  }

  /** Says all that happened since the last time and may be said at this moment. */
  async announce(output: Output, { expunges, uid }: Moment): Promise<void> {
    const { view } = this
    const current = view.current
    const behind = current !== this.#snapshot || currentCount(view) !== this.#exists
    if (view.highestModseq === this.#toldModseq && !(expunges && behind)) {
      this.#toldPlaces = undefined
      return
    }
    const gone = this.#tellFlags(output, uid)
    this.#toldModseq = view.highestModseq
    this.#toldPlaces = undefined
    // New messages have no number as long as older ones wait to lose theirs.
    if (!expunges && gone.length > 0) return
    for (const place of gone.reverse()) output.text(printExpunge(place + 1))
    const known = this.#exists - gone.length
    await this.#adopt()
    if (this.#exists === known) return // EXPUNGE has told the new count already: a further EXISTS sends Apple Mail into a loop.
    this.#tellExists(output)
  }

  /** Tells of new messages, unless expunges stand before them. For UID commands: the client may know the UIDs from elsewhere. */
  async announceNew(output: Output): Promise<void> {
    if (this.view.current !== this.#snapshot || currentCount(this.view) === this.#exists) return
    const known = this.#exists
    await this.#adopt()
    this.#tellExists(output)
    // Their flags are not known to the client, so none of them has changed.
    for (let place = known; place < this.#exists; place += 1) this.markTold(place)
  }

  [Symbol.dispose](): void {
    this.view[Symbol.dispose]()
  }

  #tellExists(output: Output): void {
    output.text(printExists(this.#exists))
    output.text(printRecent(this.recentCount))
  }

  /** Takes the view's present state as the client's, and what is new in it as \Recent. */
  async #adopt(): Promise<void> {
    const { view } = this
    this.#snapshot = view.current
    this.#exists = currentCount(view)
    const highestUid = this.uidAt(this.#exists - 1)
    if (this.#exists === 0 || highestUid <= this.#highestUid) return
    this.#highestUid = highestUid
    const from = await this.#firstRecent()
    // What was claimed is shown by the view by now; what came after it may count as well (RFC 3501 2.3.2).
    this.#recent.add(from, this.view.uidNext)
  }

  /** FETCH responses for changed flags, under the numbers that the client knows; the places of what is expunged, ascending. */
  #tellFlags(output: Output, uid: boolean): number[] {
    const { view } = this
    const snapshot = this.#snapshot
    const current = view.current
    const count = currentCount(view)
    const gone: number[] = []
    let now = 0
    for (let place = 0; place < this.#exists; place += 1) {
      if (current === snapshot && !view.gone) now = place
      else {
        while (now < count && (current.uids[now] ?? 0) < (snapshot.uids[place] ?? 0)) now += 1
        if (now >= count || current.uids[now] !== snapshot.uids[place]) {
          gone.push(place)
          continue
        }
      }
      const modseq = current.modseqs[now] ?? 0
      if (modseq <= this.#toldModseq || modseq <= this.#toldAt(place)) continue
      const flags = this.flagText(place, output)
      output.text(flagsFetchLine(place + 1, uid ? this.uidAt(place) : undefined, flags))
    }
    return gone
  }

  /** The MODSEQ up to which the client knows the message's flags. */
  #toldAt(place: number): number {
    return this.#toldPlaces?.get(place) ?? this.#toldModseq
  }

  /** Where the message stands in the view now; negative if it is expunged. */
  #now(place: number): number {
    const current = this.view.current
    if (current === this.#snapshot) return place
    return indexOfUid(current, this.#snapshot.uids[place] ?? 0)
  }

  #combinations(): Set<string> {
    const found = new Set<string>()
    for (let place = 0; place < this.#exists; place += 1) {
      const keywords = this.#snapshot.keywords[place] ?? ''
      if (keywords !== '') found.add(keywords)
    }
    return found
  }

  /** Whether there was a new name among them. No more are learnt than can be told. */
  #learnKeywords(combinations: Iterable<string>): boolean {
    const before = this.#toldKeywords.size
    for (const combination of combinations) {
      if (this.#toldCombinations.size >= keywordCombinationsTold) this.#toldCombinations.clear()
      this.#toldCombinations.add(combination)
      for (const name of combination.split(' '))
        if (this.#toldKeywords.size < keywordsShown) this.#toldKeywords.add(name)
    }
    return this.#toldKeywords.size > before
  }

  #tellKeywords(output: Output): void {
    const names = printFlags(allFlags, [...this.#toldKeywords].join(' '))
    output.text(printFlagsLine(names))
    const flags = this.readOnly ? '' : `${names} \\*`
    const text = this.readOnly ? 'No flag can be changed' : 'Flags that are kept'
    output.text(printStatusResponse({ tag: '*', status: 'OK', code: { code: 'PERMANENTFLAGS', flags }, text }))
  }
}

/** A deleted mailbox holds nothing any more. */
function currentCount(view: MailboxView): number {
  return view.gone ? 0 : view.current.count
}

// The selected mailbox as one session's client knows it (RFC 3501 7.3, 7.4): which message has which number, and what the client
// was not told yet. The shared view may be ahead: what is expunged there stays readable here until `announce` says so.

import { flag, systemFlagBits } from '#mail/flags.ts'
import { indexOfUid, type MailboxView, type Snapshot } from '#store/mailbox-view.ts'
import { type Dialect, newsHasUid } from '#wire/imap/dialect.ts'
import { printFlags } from '#wire/imap/flags.ts'
import { type FlagItems, flagsFetchLine, uidFetchLine } from '#wire/imap/print-fetch.ts'
import {
  printExists,
  printExpunge,
  printFlagsLine,
  printRecent,
  printStatusResponse,
  printVanished,
} from '#wire/imap/print-lines.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'
import { keywordCombinationsTold, keywordsShown } from './limits.ts'
import { Arrivals } from './notify/arrivals.ts'
import type { Output } from './output.ts'
import { flagsWithin, isReadOnly, isToldReadOnly } from './reader-rights.ts'
import { Recent } from './recent.ts'
import { KeptSearches } from './search/kept-searches.ts'

export interface SelectedOptions {
  readonly view: MailboxView
  readonly readOnly: boolean
  /** From which UID on messages were never shown to a session: `store.claimRecent`, or for a read-only session a look without claiming. */
  readonly firstRecent: () => Promise<number>
  /** How the client is spoken to now. */
  readonly dialect: () => Dialect
}

/** What `announce` may say besides flags and whether its FETCH responses carry the UID. */
export interface Moment {
  /** EXPUNGE, and EXISTS behind one: not while FETCH, STORE or SEARCH by sequence number run (RFC 3501 7.4.1). */
  readonly expunges: boolean
  readonly uid: boolean
  /** FETCH for changed flags, unless false: they are kept for later. */
  readonly flags?: boolean
}

const allFlags = flag.answered | flag.flagged | flag.deleted | flag.seen | flag.draft

export class Selected implements Disposable {
  readonly view: MailboxView
  readonly searches = new KeptSearches()
  readonly arrivals = new Arrivals()
  readonly #isExamined: boolean
  readonly #firstRecent: () => Promise<number>
  readonly #dialect: () => Dialect
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
  /** All changes up to here were told, expunges among them. */
  #announcedModseq = 0
  /** What the client took its rights to be when it was told of flags last. */
  #toldRights: string
  /** MODSEQ of the flags that responses of the running command told, by place. */
  #toldPlaces: Map<number, number> | undefined

  constructor(options: SelectedOptions) {
    this.view = options.view
    this.#isExamined = options.readOnly
    this.#toldRights = options.view.rights
    this.#firstRecent = options.firstRecent
    this.#dialect = options.dialect
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

  /** By the client's own wish, or because it may change nothing. */
  get readOnly(): boolean {
    return this.#isExamined || isReadOnly(this.view.rights)
  }

  /** How it is told. One who may only set \Seen reads READ-ONLY, and finds it among PERMANENTFLAGS (RFC 4314 5.1.1, 5.2). */
  get access(): 'READ-ONLY' | 'READ-WRITE' {
    return this.#isExamined || isToldReadOnly(this.view.rights) ? 'READ-ONLY' : 'READ-WRITE'
  }

  get recentCount(): number {
    return this.#recent.countIn(this.#snapshot, this.#exists)
  }

  uidAt(place: number): number {
    return this.#snapshot.uids[place] ?? 0
  }

  /** Never in rev2 (RFC 9051 appendix E). */
  isRecent(place: number): boolean {
    return !this.#dialect().rev2 && this.#recent.has(this.uidAt(place))
  }

  /** All changes up to here were told (RFC 7162 3.1.2.1). */
  get highestModseq(): number {
    return this.#announcedModseq
  }

  /** Whether the client was told of changes that are later than an expunge which it was not told of. */
  get holdsBack(): boolean {
    return this.#announcedModseq < this.#toldModseq
  }

  /** Of the message's last change; of an expunged message's last one before that. */
  modseqAt(place: number): number {
    const now = this.#now(place)
    return (now < 0 ? this.#snapshot.modseqs[place] : this.view.current.modseqs[now]) ?? 0
  }

  /** Whether another session has expunged the message, which is not announced yet. */
  isGone(place: number): boolean {
    return this.view.gone || this.#now(place) < 0
  }

  /** Bits of mail/flags.ts as they are now; of an expunged message its last ones. */
  flagsAt(place: number): number {
    const now = this.#now(place)
    return ((now < 0 ? this.#snapshot.flags[place] : this.view.current.flags[now]) ?? 0) & systemFlagBits
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

  /** A FETCH response on the message's flags, in the form that the client wants: with its MODSEQ, with its UID, as UIDFETCH. */
  tellFlags(place: number, output: Output, { uid, flags = true }: { readonly uid: boolean; readonly flags?: boolean }) {
    const dialect = this.#dialect()
    const { condstore, uidOnly } = dialect
    const items: FlagItems = {
      uid: uid || newsHasUid(dialect) ? this.uidAt(place) : undefined,
      flags: flags ? this.flagText(place, output) : undefined,
      modseq: condstore ? this.modseqAt(place) : undefined,
    }
    output.text(uidOnly ? uidFetchLine(this.uidAt(place), items) : flagsFetchLine(place + 1, items))
  }

  tellHighestModseq(output: Output): void {
    const code = { code: 'HIGHESTMODSEQ', number: this.highestModseq } as const
    output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'The highest MODSEQ' }))
  }

  /** SELECT's untagged responses: FLAGS, EXISTS, RECENT. Called once, before anything else. */
  async open(output: Output): Promise<void> {
    await this.look()
    this.#learnKeywords(this.#combinations())
    this.#tellKeywords(output)
    this.#tellExists(output)
  }

  /** Takes the mailbox as it is, in place of `open`, where nobody is told of it: for a look into a mailbox that is not selected. */
  async look(): Promise<void> {
    // Of the moment at which the state is taken: more may happen before `#adopt` is through.
    this.#toldModseq = this.view.highestModseq
    this.#announcedModseq = this.#toldModseq
    await this.#adopt()
  }

  /** The number of the first message without \Seen; undefined if there is none. */
  get firstUnseen(): number | undefined {
    for (let place = 0; place < this.#exists; place += 1) if ((this.flagsAt(place) & flag.seen) === 0) return place + 1
    return undefined
  }

  /** Says all that happened since the last time and may be said at this moment. */
  async announce(output: Output, { expunges, uid, flags = true }: Moment): Promise<void> {
    const { view } = this
    if (view.rights !== this.#toldRights) this.#tellRights(output)
    const current = view.current
    const behind = current !== this.#snapshot || currentCount(view) !== this.#exists
    if (view.highestModseq === this.#toldModseq && !(expunges && behind)) {
      this.#toldPlaces = undefined
      return
    }
    const gone = this.#tellFlags(output, { uid, flags })
    if (flags) this.#toldModseq = view.highestModseq
    this.#toldPlaces = undefined
    // New messages have no number as long as older ones wait to lose theirs.
    if (!expunges && gone.length > 0) return
    this.#announcedModseq = this.#toldModseq
    this.#tellGone(gone, output)
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

  /** `places` ascending. */
  #tellGone(places: readonly number[], output: Output): void {
    const { qresync, uidOnly } = this.#dialect()
    if (!qresync && !uidOnly) for (const place of places.toReversed()) output.text(printExpunge(place + 1))
    else if (places.length > 0) output.text(printVanished(printUidSet(places.map(place => this.uidAt(place)))))
  }

  #tellExists(output: Output): void {
    output.text(printExists(this.#exists))
    if (!this.#dialect().rev2) output.text(printRecent(this.recentCount))
  }

  /** Takes the view's present state as the client's, and what is new in it as \Recent. */
  async #adopt(): Promise<void> {
    const { view } = this
    const { current } = view
    const exists = currentCount(view)
    const highestUid = exists === 0 ? 0 : (current.uids[exists - 1] ?? 0)
    const isNew = highestUid > this.#highestUid
    // First, for it may fail: what is not told is not taken.
    const from = isNew && !this.#dialect().rev2 ? await this.#firstRecent() : undefined
    this.#snapshot = current
    this.#exists = exists
    if (isNew) this.#highestUid = highestUid
    // What was claimed is shown by the view by now; what came after it may count as well (RFC 3501 2.3.2).
    if (from !== undefined) this.#recent.add(from, view.uidNext)
  }

  /** FETCH responses for changed flags, under the numbers that the client knows; the places of what is expunged, ascending. */
  #tellFlags(output: Output, { uid, flags }: { readonly uid: boolean; readonly flags: boolean }): number[] {
    const { view } = this
    const snapshot = this.#snapshot
    const current = view.current
    if (current === snapshot && !view.gone) {
      if (flags) this.#tellChangedFlags(output, { uid })
      return []
    }
    const count = currentCount(view)
    const gone: number[] = []
    let now = 0
    for (let place = 0; place < this.#exists; place += 1) {
      while (now < count && (current.uids[now] ?? 0) < (snapshot.uids[place] ?? 0)) now += 1
      if (now >= count || current.uids[now] !== snapshot.uids[place]) {
        gone.push(place)
        continue
      }
      const modseq = current.modseqs[now] ?? 0
      if (!flags || modseq <= this.#toldModseq || modseq <= this.#toldAt(place)) continue
      this.tellFlags(place, output, { uid })
    }
    return gone
  }

  /** Where nothing was expunged. Each of a thousand idle sessions looks through a large mailbox here for one change: a plain loop. */
  #tellChangedFlags(output: Output, { uid }: { readonly uid: boolean }): void {
    const { modseqs } = this.#snapshot
    const exists = this.#exists
    const told = this.#toldModseq
    for (let place = 0; place < exists; place += 1) {
      const modseq = modseqs[place] ?? 0
      if (modseq > told && modseq > this.#toldAt(place)) this.tellFlags(place, output, { uid })
    }
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
    if (!this.#snapshot.hasKeywords) return found
    let last = ''
    for (let place = 0; place < this.#exists; place += 1) {
      const keywords = this.#snapshot.keywords[place] ?? ''
      if (keywords === last) continue
      last = keywords
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

  /** RFC 4314 5.1.1: those that the client's rights let it change. */
  #permanentFlags(): string {
    const { flags, keywords } = flagsWithin(this.view.rights)
    if (!keywords) return printFlags(flags, '')
    return `${printFlags(flags, [...this.#toldKeywords].join(' '))} \\*`
  }

  /** The rights were changed while the mailbox is selected. */
  #tellRights(output: Output): void {
    this.#toldRights = this.view.rights
    if (this.#isExamined || this.view.gone) return
    this.#tellKeywords(output)
    const code = { code: this.access } as const
    output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'Your rights have changed' }))
  }

  #tellKeywords(output: Output): void {
    const names = printFlags(allFlags, [...this.#toldKeywords].join(' '))
    output.text(printFlagsLine(names))
    const flags = this.readOnly ? '' : this.#permanentFlags()
    const text = flags === '' ? 'No flag can be changed' : 'Flags that are kept'
    output.text(printStatusResponse({ tag: '*', status: 'OK', code: { code: 'PERMANENTFLAGS', flags }, text }))
  }
}

/** A deleted mailbox holds nothing any more. */
function currentCount(view: MailboxView): number {
  return view.gone ? 0 : view.current.count
}

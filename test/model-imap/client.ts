// One client of the model: what it was told, and so what its server may and must say next (RFC 3501 5.2, 7.3, 7.4; RFC 7162; RFC 9586).
// Every response is held against what is true; after each command nothing that had to be told may be missing.

import assert from 'node:assert/strict'
import type { Expected, Item } from './expected.ts'
import type { FetchResponse, Response } from './response.ts'
import { checkSearch } from './search-answer.ts'
import type { Selection } from './selection.ts'
import { type Box, equal, type Message, uidsOf } from './world.ts'

export interface Manners {
  readonly rev2: boolean
  readonly qresync: boolean
  readonly uidOnly: boolean
}

/** What SELECT says besides is no matter of the model. */
const modelled = /^(CLOSED|UNSEEN|UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ|MAILBOXID)\b/

const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']

export class Client {
  readonly manners: Manners
  condstore: boolean
  selection: Selection | undefined
  /** The tag of the IDLE that is going on. */
  idleTag: string | undefined
  /** The HIGHESTMODSEQ that came last with the running command. */
  #toldModseq: number | undefined
  /** New messages that RECENT will say are this session's, or are not. */
  #contested: readonly number[] = []

  constructor(manners: Manners, condstore: boolean) {
    this.manners = manners
    this.condstore = condstore
  }

  open(box: Box, readOnly: boolean, known: Map<number, ReadonlySet<string>> = new Map()): Selection {
    this.selection = {
      ...{ box, readOnly, known, view: [], highestUid: 0, recentFrom: box.recentFrom, safeModseq: 0 },
      ...{ recent: new Set(), staleFlags: new Set(), staleModseq: new Set(), toldKeywords: new Set<string>() },
    }
    return this.selection
  }

  /** Another, or this client, changed a message's flags. */
  noteFlags(box: Box, uid: number): void {
    if (this.selection?.box !== box || !this.selection.view.includes(uid)) return
    this.selection.staleFlags.add(uid)
    this.selection.staleModseq.add(uid)
  }

  /** RFC 9051 7.5.2, RFC 7162 3.2.4: what it did not ask for names its UID. */
  get newsHasUid(): boolean {
    return this.manners.rev2 || this.condstore
  }

  /** Whether it was told of everything, as it must be where EXPUNGE may be sent. */
  get isUpToDate(): boolean {
    return this.missing === ''
  }

  /** What it was not told, in words. */
  get missing(): string {
    const { selection } = this
    if (selection === undefined) return ''
    const [known, there, owed] = [selection.view.join(), uidsOf(selection.box).join(), this.#owed(selection).join()]
    if (known !== there) return `UIDs ${there}, it knows ${known}`
    return owed === '' ? '' : `changes of ${owed}`
  }

  /** Takes in what was said while it idles; a part of it perhaps. */
  overhear(responses: readonly Response[], contested: boolean): void {
    const expected: Expected = { status: 'OK', code: () => '', contested }
    const nothing = { asked: new Map(), codes: [], others: [], earlier: new Set<number>() }
    for (const response of responses)
      this.#apply(response, { expected, ...nothing, searches: 0, statuses: 0, exists: 0 })
  }

  /** Takes in what was said while a command ran; `code`: of its tagged response, undefined if that is still to come. */
  hear(responses: readonly Response[], expected: Expected, code?: string): void {
    this.#toldModseq = undefined
    const asked = new Map(expected.asked)
    const hearing = { expected, asked, codes: [...(expected.codes ?? [])], others: [...(expected.others ?? [])] }
    const toCome = { ...hearing, searches: 0, statuses: 0, exists: 0, earlier: new Set<number>() }
    for (const response of responses) this.#apply(response, toCome)
    assert.deepEqual([...asked.keys()], [], 'UIDs of messages that should have been told of')
    assert.deepEqual(toCome.codes, [], 'codes that should have come')
    assert.deepEqual(toCome.others, [], 'responses that should have come')
    assert.equal(toCome.searches, expected.search === undefined ? 0 : 1, 'SEARCH responses')
    assert.equal(toCome.statuses, expected.values === undefined ? 0 : 1, 'STATUS responses')
    for (const uid of expected.earlier?.wanted ?? [])
      assert.ok(toCome.earlier.has(uid), `VANISHED (EARLIER) should name ${uid}`)
    if (expected.opens === true) assert.equal(toCome.exists, 1, 'EXISTS of a SELECT')
    if (expected.isRefusedEarly !== true) this.#checkComplete(expected)
    if (code !== undefined) this.#endCommand(code, expected)
  }

  #apply(response: Response, hearing: Hearing): void {
    const { expected } = hearing
    switch (response.kind) {
      case 'fetch':
        this.#fetched(response, hearing)
        break
      case 'exists':
        hearing.exists += 1
        this.#grow(response.number, expected)
        break
      case 'recent':
        assert.ok(!this.manners.rev2, 'RECENT in IMAP4rev2')
        this.#countRecent(response.number)
        break
      case 'expunge':
        this.#expunged(response.number, expected)
        break
      case 'vanished':
        response.earlier ? this.#vanishedEarlier(response.uids, hearing) : this.#vanished(response.uids, expected)
        break
      case 'flags':
        this.#learnFlags(response.names, expected)
        break
      case 'search':
        hearing.searches += 1
        assert.ok(expected.search !== undefined, 'a SEARCH response that nobody asked for')
        checkSearch(response, expected.search, this.#selected)
        break
      case 'status':
        hearing.statuses += 1
        assert.deepEqual(response.values, expected.values, 'STATUS')
        break
      case 'condition':
        this.#condition(response.status, response.code, hearing)
        break
      case 'other':
        assert.equal(response.name, hearing.others.shift(), `not expected: ${response.line}`)
        break
    }
  }

  #at(number: number): number {
    const uid = this.#selected.view[number - 1]
    assert.ok(uid !== undefined, `there is no message ${number}`)
    return uid
  }

  get #selected(): Selection {
    assert.ok(this.selection !== undefined, 'nothing is selected')
    return this.selection
  }

  #message(uid: number): Message {
    const { box } = this.#selected
    const message = box.messages.get(uid) ?? box.buried.get(uid)
    assert.ok(message !== undefined, `there never was a message ${uid}`)
    return message
  }

  #fetched(response: FetchResponse, { expected, asked }: Hearing): void {
    const selected = this.#selected
    assert.equal(response.byUid, this.manners.uidOnly, 'FETCH or UIDFETCH')
    const uid = response.byUid ? response.number : this.#at(response.number)
    assert.ok(selected.view.includes(uid), `a response to ${uid}, which was not announced`)
    this.#checkItems(uid, response)
    const owed = asked.get(uid)
    const has = (item: Item) => response[item] !== undefined || (item === 'uid' && response.byUid)
    if (owed?.every(has)) asked.delete(uid)
    else {
      const isStale = selected.staleFlags.has(uid) || (this.condstore && selected.staleModseq.has(uid))
      const isNews = isStale && selected.box.messages.has(uid)
      assert.ok(isNews || expected.mayTell?.has(uid), `nothing new of ${uid}`)
      if (isNews && this.condstore) assert.ok(has('modseq'), `no MODSEQ with ${uid}`)
      if (isNews && this.newsHasUid) assert.ok(has('uid'), `no UID with ${uid}`)
    }
    if (response.flags !== undefined) {
      selected.staleFlags.delete(uid)
      // Who asks for FLAGS alone knows of the change by them, if not its number.
      selected.staleModseq.delete(uid)
      selected.known.set(uid, new Set(response.flags))
    }
    if (response.modseq === undefined) return
    selected.staleModseq.delete(uid)
    // What any client does; the server must say so where that is too much (`#endCommand`).
    selected.safeModseq = Math.max(selected.safeModseq, response.modseq)
  }

  #checkItems(uid: number, { uid: told, flags, modseq, body }: FetchResponse): void {
    const message = this.#message(uid)
    if (told !== undefined) assert.equal(told, uid, 'UID')
    if (body !== undefined) assert.equal(body, message.text, `BODY[] of ${uid}`)
    // Of a message that is gone any flags will do that it ever had.
    if (!this.#selected.box.messages.has(uid)) return
    if (flags !== undefined) {
      const wanted =
        this.#selected.recent.has(uid) && !this.manners.rev2 ? [...message.flags, '\\Recent'] : [...message.flags]
      assert.deepEqual([...flags].sort(), wanted.sort(), `FLAGS of ${uid}`)
      for (const name of flags)
        if (!name.startsWith('\\')) assert.ok(this.#selected.toldKeywords.has(name), `${name} was in no FLAGS before`)
    }
    if (modseq !== undefined) assert.equal(modseq, message.modseq, `MODSEQ of ${uid}`)
  }

  /** RFC 3501 7.3.1: the new ones stand behind those that are known, in the order of their UIDs. */
  #grow(exists: number, { opens = false, contested = false }: Expected): void {
    const selected = this.#selected
    const fresh = uidsOf(selected.box).filter(uid => uid > selected.highestUid)
    assert.equal(exists, selected.view.length + fresh.length, 'EXISTS')
    assert.ok(fresh.length > 0 || opens, 'EXISTS that tells nothing')
    selected.view.push(...fresh)
    selected.highestUid = fresh.at(-1) ?? selected.highestUid
    if (fresh.length > 0 && !this.manners.rev2) this.#findRecent(selected, fresh, contested)
  }

  /** RFC 3501 2.3.2: the first session that is told of a message, unless it only looks, has it \Recent. */
  #findRecent(selected: Selection, fresh: readonly number[], contested: boolean): void {
    const { box, readOnly, recent } = selected
    const found = fresh.filter(uid => uid >= (readOnly ? selected.recentFrom : box.recentFrom))
    if (readOnly) for (const uid of found) recent.add(uid)
    else if (contested) this.#contested = found
    else this.#takeRecent(selected, found)
  }

  #takeRecent({ box, recent }: Selection, uids: readonly number[]): void {
    for (const uid of uids) {
      assert.ok(!box.taken.has(uid), `${uid} is \\Recent for a second session`)
      box.taken.add(uid)
      recent.add(uid)
    }
    if (!box.gone) box.recentFrom = box.uidNext
  }

  #countRecent(number: number): void {
    const selected = this.#selected
    const count = selected.view.filter(uid => selected.recent.has(uid)).length
    if (this.#contested.length > 0 && number === count + this.#contested.length)
      this.#takeRecent(selected, this.#contested)
    else assert.equal(number, count, 'RECENT')
    this.#contested = []
  }

  #expunged(number: number, expected: Expected): void {
    assert.ok(!this.manners.qresync && !this.manners.uidOnly, 'EXPUNGE where VANISHED was asked for')
    this.#leave(this.#at(number), expected)
  }

  #vanished(uids: readonly number[], expected: Expected): void {
    assert.ok(this.manners.qresync || this.manners.uidOnly, 'VANISHED without QRESYNC')
    for (const uid of uids) {
      assert.ok(this.#selected.view.includes(uid), `VANISHED names ${uid}, which was not announced`)
      this.#leave(uid, expected)
    }
  }

  #leave(uid: number, { holds = false }: Expected): void {
    const selected = this.#selected
    assert.ok(!holds, 'an expunge where none may be told')
    assert.ok(!selected.box.messages.has(uid), `${uid} is still there`)
    selected.view.splice(selected.view.indexOf(uid), 1)
    selected.known.delete(uid)
    selected.staleFlags.delete(uid)
    selected.staleModseq.delete(uid)
  }

  #vanishedEarlier(uids: readonly number[], { expected, earlier }: Hearing): void {
    for (const uid of uids) {
      assert.ok(expected.earlier?.allowed.has(uid), `VANISHED (EARLIER) names ${uid}`)
      earlier.add(uid)
      this.#selected.known.delete(uid)
    }
  }

  #learnFlags(names: readonly string[], { opens = false }: Expected): void {
    const selected = this.#selected
    for (const name of systemFlags) assert.ok(names.includes(name), `FLAGS without ${name}`)
    const keywords = new Set(names.filter(name => !name.startsWith('\\')))
    assert.ok(selected.toldKeywords.isSubsetOf(keywords), 'FLAGS forgets a keyword')
    assert.ok(opens || !equal(keywords, selected.toldKeywords), 'FLAGS that tells nothing')
    selected.toldKeywords = keywords
  }

  #condition(status: string, code: string, { codes, expected }: Hearing): void {
    assert.equal(status, 'OK', 'an untagged condition')
    // FLAGS and PERMANENTFLAGS come together.
    if (code.startsWith('PERMANENTFLAGS')) {
      this.#checkPermanent(code)
      return
    }
    if (expected.opens === true && !modelled.test(code)) return
    if (
      this.manners.qresync &&
      code.startsWith('HIGHESTMODSEQ') &&
      !(codes[0] instanceof RegExp) &&
      expected.opens !== true
    ) {
      this.#toldModseq = this.#checkedModseq(code)
      return
    }
    const wanted = codes.shift()
    assertCode(code, wanted)
  }

  #checkPermanent(code: string): void {
    const { readOnly, toldKeywords } = this.#selected
    const names = /^PERMANENTFLAGS \((.*)\)$/.exec(code)?.[1]?.split(' ') ?? []
    const wanted = readOnly ? [''] : [...systemFlags, ...toldKeywords, '\\*']
    assert.deepEqual(names.sort(), wanted.sort(), 'PERMANENTFLAGS')
  }

  #checkComplete({ holds = false }: Expected): void {
    const { selection } = this
    if (selection === undefined) return
    assert.deepEqual(this.#owed(selection), [], 'UIDs of changed messages that were not told')
    const wanted = uidsOf(selection.box)
    const waiting = selection.view.filter(uid => !selection.box.messages.has(uid))
    if (!holds || waiting.length === 0)
      assert.equal(selection.view.join(), wanted.join(), 'UIDs that the client should know')
  }

  /**
   * RFC 7162 3.2.7, errata 1810 of RFC 5162: where expunges wait to be told, a client must not take the MODSEQ of a FETCH for what it knows
   * all about, so the answer says up to where it does.
   */
  #endCommand(code: string, expected: Expected): void {
    const { selection } = this
    const isExtra = this.manners.qresync && expected.code() === '' && code.startsWith('HIGHESTMODSEQ')
    if (!isExtra) assertCode(code, expected.code())
    if (selection === undefined || !this.manners.qresync || expected.opens === true) return
    if (code.startsWith('HIGHESTMODSEQ')) this.#toldModseq = this.#checkedModseq(code)
    const waits = selection.view.some(uid => !selection.box.messages.has(uid)) && !selection.box.gone
    assert.ok(
      !waits || this.#toldModseq !== undefined || expected.isRefusedEarly,
      'expunges wait and no HIGHESTMODSEQ says so',
    )
    if (this.#toldModseq !== undefined) selection.safeModseq = this.#toldModseq
  }

  /** No more than the client was told of. */
  #checkedModseq(code: string): number {
    const { box, view } = this.#selected
    const modseq = Number(code.split(' ')[1])
    assert.ok(modseq <= box.highestModseq, 'HIGHESTMODSEQ is higher than the highest')
    for (const uid of view)
      assert.ok(
        box.messages.has(uid) || box.gone || modseq < (box.tombstones.get(uid) ?? 0),
        `HIGHESTMODSEQ forgets ${uid}, which is gone`,
      )
    return modseq
  }

  #owed({ box, staleFlags, staleModseq }: Selection): number[] {
    const owed = this.condstore ? staleFlags.union(staleModseq) : staleFlags
    return [...owed].filter(uid => box.messages.has(uid))
  }
}

function assertCode(code: string, wanted: string | RegExp | undefined): void {
  if (wanted instanceof RegExp) assert.match(code, wanted)
  else assert.equal(code, wanted, 'the code of a status response')
}

interface Hearing {
  readonly expected: Expected
  readonly asked: Map<number, readonly Item[]>
  readonly codes: (string | RegExp)[]
  readonly others: string[]
  readonly earlier: Set<number>
  searches: number
  statuses: number
  exists: number
}

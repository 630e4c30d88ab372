// What a server said, read as a client reads it: one value a response (RFC 9051 7). Strict: what is no response is a fault.

import assert from 'node:assert/strict'

export interface FetchResponse {
  readonly kind: 'fetch'
  /** The message's number; of UIDFETCH its UID. */
  readonly number: number
  readonly byUid: boolean
  readonly uid: number | undefined
  readonly flags: readonly string[] | undefined
  readonly modseq: number | undefined
  readonly body: string | undefined
}

export interface StatusResponse {
  readonly kind: 'condition'
  /** '*' for an untagged one. */
  readonly tag: string
  readonly status: string
  /** What stands in the brackets; '' for nothing. */
  readonly code: string
}

export interface SearchResponse {
  readonly kind: 'search'
  /** Undefined: ALL was not there. */
  readonly numbers: readonly number[] | undefined
  /** Undefined: the response does not say. */
  readonly byUid: boolean | undefined
  /** COUNT, MIN, MAX, MODSEQ. */
  readonly results: ReadonlyMap<string, number>
}

export type Response =
  | FetchResponse
  | StatusResponse
  | { readonly kind: 'exists' | 'recent' | 'expunge'; readonly number: number }
  | { readonly kind: 'vanished'; readonly earlier: boolean; readonly uids: readonly number[] }
  | { readonly kind: 'flags'; readonly names: readonly string[] }
  | SearchResponse
  | { readonly kind: 'status'; readonly name: string; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'other'; readonly name: string; readonly line: string }

/** Reads responses up to the end of what came; the rest, if the last is not whole, stays in `left`. */
export function readResponses(text: string): { readonly responses: readonly Response[]; readonly left: string } {
  const responses: Response[] = []
  let at = 0
  for (;;) {
    const end = endOfResponse(text, at)
    if (end === undefined) return { responses, left: text.slice(at) }
    responses.push(readResponse(text.slice(at, end - 2)))
    at = end
  }
}

/** Behind the CRLF that ends the response at `start`, literals in it passed over. */
function endOfResponse(text: string, start: number): number | undefined {
  let at = start
  for (;;) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return undefined
    const literal = /\{(\d+)\}$/.exec(text.slice(at, end))
    if (literal === null) return end + 2
    at = end + 2 + Number(literal[1])
  }
}

function readResponse(text: string): Response {
  const condition = /^(\S+) (OK|NO|BAD|BYE|PREAUTH) (?:\[([^\]]*)\] )?.+$/s.exec(text)
  if (condition !== null)
    return { kind: 'condition', tag: condition[1] ?? '', status: condition[2] ?? '', code: condition[3] ?? '' }
  const counted = /^\* (\d+) (EXISTS|RECENT|EXPUNGE)$/.exec(text)
  if (counted !== null) {
    const kind = counted[2] === 'EXISTS' ? 'exists' : counted[2] === 'RECENT' ? 'recent' : 'expunge'
    return { kind, number: Number(counted[1]) }
  }
  const fetched = /^\* (\d+) (UID)?FETCH \((.*)\)$/s.exec(text)
  if (fetched !== null)
    return { kind: 'fetch', number: Number(fetched[1]), byUid: fetched[2] === 'UID', ...itemsOf(fetched[3] ?? '') }
  const vanished = /^\* VANISHED (\(EARLIER\) )?([\d:,]+)$/.exec(text)
  if (vanished !== null)
    return { kind: 'vanished', earlier: vanished[1] !== undefined, uids: membersOf(vanished[2] ?? '') }
  return readNamed(text)
}

function readNamed(text: string): Response {
  const flags = /^\* FLAGS \((.*)\)$/.exec(text)
  if (flags !== null) return { kind: 'flags', names: words(flags[1] ?? '') }
  const search = /^\* SEARCH((?: \d+)*)(?: \(MODSEQ (\d+)\))?$/.exec(text)
  if (search !== null) {
    const results = new Map(search[2] === undefined ? [] : [['MODSEQ', Number(search[2])]])
    return { kind: 'search', byUid: undefined, numbers: words(search[1] ?? '').map(Number), results }
  }
  const extended = /^\* ESEARCH \(TAG "[^"]*"\)( UID)?((?: (?:ALL|COUNT|MIN|MAX|MODSEQ) [\d:,]+)*)$/.exec(text)
  if (extended !== null) {
    const items = new Map(
      [...(extended[2] ?? '').matchAll(/([A-Z]+) ([\d:,]+)/g)].map(item => [item[1], item[2] ?? '']),
    )
    const all = items.get('ALL')
    const results = new Map(
      [...items].filter(([name]) => name !== 'ALL').map(([name = '', text]) => [name, Number(text)]),
    )
    return {
      kind: 'search',
      byUid: extended[1] !== undefined,
      numbers: all === undefined ? undefined : membersOf(all),
      results,
    }
  }
  const status = /^\* STATUS "?([^" ]+)"? \((.*)\)$/.exec(text)
  if (status !== null) {
    const pairs = [...(status[2] ?? '').matchAll(/(\S+) (\d+)/g)]
    return { kind: 'status', name: status[1] ?? '', values: new Map(pairs.map(pair => [pair[1] ?? '', pair[2] ?? ''])) }
  }
  const other = /^(?:\* )?(\+|[A-Z]+) .*$/s.exec(text)
  assert.ok(other !== null, `no response of IMAP: ${JSON.stringify(text)}`)
  return { kind: 'other', name: other[1] ?? '', line: text }
}

/** Only what the model asks for: another item is a fault. */
function itemsOf(text: string): Omit<FetchResponse, 'kind' | 'number' | 'byUid'> {
  let rest = text
  let [uid, flags, modseq, body]: [number?, string[]?, number?, string?] = []
  while (rest !== '') {
    const item = /^(?:UID (\d+)|FLAGS \(([^)]*)\)|MODSEQ \((\d+)\)|BODY\[\] \{(\d+)\}\r\n)/.exec(rest)
    assert.ok(item !== null, `an item that was not asked for: ${JSON.stringify(rest)}`)
    rest = rest.slice(item[0].length)
    if (item[1] !== undefined) uid = Number(item[1])
    else if (item[2] !== undefined) flags = words(item[2])
    else if (item[3] !== undefined) modseq = Number(item[3])
    else {
      body = rest.slice(0, Number(item[4]))
      rest = rest.slice(Number(item[4]))
    }
    if (rest !== '') {
      assert.ok(rest.startsWith(' '), `a space belongs before ${JSON.stringify(rest)}`)
      rest = rest.slice(1)
    }
  }
  return { uid, flags, modseq, body }
}

function words(text: string): string[] {
  return text.split(' ').filter(word => word !== '')
}

/** `1:3,7` as its members. */
export function membersOf(set: string): number[] {
  return set.split(',').flatMap(range => {
    if (range === '') return []
    const [from = 0, to = from] = range.split(':').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}

/** Numbers as a set, runs as ranges, in the order given. */
export function printSet(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last !== undefined && number === last.to + 1) last.to = number
    else ranges.push({ from: number, to: number })
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}:${to}`)).join(',')
}

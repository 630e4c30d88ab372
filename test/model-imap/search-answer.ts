// Whether a SEARCH or ESEARCH response says what is true: the messages (RFC 3501 7.2.5), COUNT, MIN, MAX (RFC 4731 3.1), MODSEQ (RFC 7162 3.1.5).

import assert from 'node:assert/strict'
import type { Expected } from './expected.ts'
import type { SearchResponse } from './response.ts'
import type { Selection } from './selection.ts'

type Search = NonNullable<Expected['search']>

export function checkSearch(response: SearchResponse, search: Search, { box, view }: Selection): void {
  if (response.byUid !== undefined) assert.equal(response.byUid, search.byUid, 'UID of an ESEARCH')
  checkResults(response, search, { box, view })
  const { numbers = [] } = response
  // Without ALL there is only what `results` say.
  if (search.returns?.includes('ALL') === false) {
    assert.deepEqual(numbers, [], 'ALL was not asked for')
    return
  }
  const uids = search.byUid ? numbers : numbers.map(number => view[number - 1] ?? 0)
  for (const uid of search.wanted) assert.ok(uids.includes(uid), `SEARCH should have found ${uid}`)
  const wanted = new Set(search.wanted)
  for (const uid of uids) assert.ok(wanted.has(uid) || search.optional.has(uid), `SEARCH found ${uid}`)
  assert.equal(new Set(uids).size, uids.length, 'SEARCH names a message twice')
}

/** Where it is certain what is found. */
function checkResults(
  { results }: SearchResponse,
  search: Search,
  { box, view }: Pick<Selection, 'box' | 'view'>,
): void {
  const { wanted, optional, byUid, returns = [], tellsModseq } = search
  const names = [...returns.filter(name => name !== 'ALL'), ...(tellsModseq ? ['MODSEQ'] : [])]
  for (const name of results.keys()) assert.ok(names.includes(name), `${name} was not asked for`)
  if (optional.size > 0) return
  const found = new Map([['COUNT', wanted.length]])
  if (wanted.length > 0) {
    const numbers = wanted.map(uid => (byUid ? uid : view.indexOf(uid) + 1))
    found.set('MIN', Math.min(...numbers)).set('MAX', Math.max(...numbers))
    found.set('MODSEQ', Math.max(...wanted.map(uid => box.messages.get(uid)?.modseq ?? 0)))
  }
  // RFC 7162 3.1.10: with MIN and MAX alone MODSEQ is that of the messages at the ends.
  const isOnlyEnds = returns.length > 0 && returns.every(name => name === 'MIN' || name === 'MAX')
  for (const name of names)
    if (name !== 'MODSEQ' || !isOnlyEnds) assert.equal(results.get(name), found.get(name), `${name} of a SEARCH`)
}

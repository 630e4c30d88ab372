import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeMembers, type MemberChange } from './context-members.ts'
import type { SearchContext, SortRow } from './kept-searches.ts'

function context(members: number[], values?: Readonly<Record<number, number>>): SearchContext {
  const rows = new Map(
    Object.entries(values ?? {}).map(([uid, value]): [number, SortRow] => [
      Number(uid),
      { uid: Number(uid), values: [value] },
    ]),
  )
  const compare = (a: SortRow, b: SortRow) => Number(a.values[0]) - Number(b.values[0]) || a.uid - b.uid
  const order = values === undefined ? undefined : { by: [], rows, compare }
  return {
    tag: 'A',
    uid: true,
    key: { key: 'all' },
    members,
    order,
    modseq: 0,
    highestUid: 0,
    items: undefined,
    lookedAt: undefined,
  }
}

test('a search has the order of the mailbox and no positions', () => {
  const kept = context([1, 5, 9])
  assert.deepEqual(changeMembers(kept, { removed: [5, 7] }), [{ position: 0, uids: [5] }])
  assert.deepEqual(changeMembers(kept, { added: [12, 4, 9, 4] }), [{ position: 0, uids: [4, 12] }])
  assert.deepEqual(kept.members, [1, 4, 9, 12])
  assert.deepEqual(changeMembers(kept, {}), [])
})

test('a sort tells where each stands once those before it in the response are in', () => {
  const kept = context([3, 1], { 1: 50, 3: 20, 7: 10, 8: 30, 9: 60, 10: 10 })
  assert.deepEqual(changeMembers(kept, { added: [7, 8, 9, 10] }), [
    { position: 1, uids: [7] },
    { position: 2, uids: [10] },
    { position: 4, uids: [8] },
    { position: 6, uids: [9] },
  ])
  assert.deepEqual(kept.members, [7, 10, 3, 8, 1, 9])
})

test('a sort tells removals from the end', () => {
  const kept = context([3, 1, 2], { 1: 50, 2: 60, 3: 20 })
  assert.deepEqual(changeMembers(kept, { removed: [3, 2] }), [
    { position: 3, uids: [2] },
    { position: 1, uids: [3] },
  ])
  assert.deepEqual(kept.members, [1])
})

test('a client that does as it is told has the same list', () => {
  let state = 5267
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (const isSorted of [true, false]) {
    const values = Object.fromEntries(Array.from({ length: 60 }, (_, uid) => [uid + 1, random(10)]))
    for (let round = 0; round < 200; round += 1) {
      const kept = context([], isSorted ? { ...values } : undefined)
      let client: number[] = []
      for (let step = 0; step < 10; step += 1) {
        const some = Array.from({ length: random(8) }, () => 1 + random(60))
        if (isSorted) for (const uid of some) kept.order?.rows.set(uid, { uid, values: [values[uid] ?? 0] })
        client = follow(client, changeMembers(kept, { added: some }), true)
        client = follow(client, changeMembers(kept, { removed: some.slice(2).concat(random(60)) }), false)
        assert.deepEqual(client, kept.members)
      }
      const rows = client.map(uid => ({ uid, values: [isSorted ? (values[uid] ?? 0) : 0] }))
      const sorted = rows.toSorted((a, b) => Number(a.values[0]) - Number(b.values[0]) || a.uid - b.uid)
      assert.deepEqual(rows, sorted)
    }
  }
})

function follow(list: readonly number[], changes: readonly MemberChange[], isAdding: boolean): number[] {
  let result = [...list]
  for (const { position, uids } of changes) {
    if (position === 0) {
      result = isAdding ? [...result, ...uids].sort((a, b) => a - b) : result.filter(uid => !uids.includes(uid))
    } else if (isAdding) result.splice(position - 1, 0, ...uids)
    else assert.deepEqual(result.splice(position - 1, uids.length), uids)
  }
  return result
}

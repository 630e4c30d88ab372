// A client that follows ADDTO and REMOVEFROM (RFC 5267 4.3) has the result that a search made anew gives, whatever others do meanwhile.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemoryPeer } from '#io/memory-channel.ts'
import { type ImapPlace, imapPlace } from './imap/place.ts'

type Random = (below: number) => number

interface Followed {
  readonly tag: string
  /** As in `UID SEARCH`, and what stands behind its options. */
  readonly command: string
  readonly rest: string
  members: number[]
}

const subjects = ['plan', 'apple', 'Zebra', 'banana']

for (const seed of [1, 2, 3, 4]) {
  test(`results that are kept up to date stay right, seed ${seed}`, async () => {
    const random = generator(seed)
    await using place = await imapPlace()
    for (let count = 0; count < 12; count += 1) await deliver(place, random)
    const follower = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
    const other = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
    const followed: Followed[] = [
      { tag: 'F0', command: 'UID SEARCH', rest: 'UNSEEN', members: [] },
      { tag: 'F1', command: 'UID SEARCH', rest: 'OR FLAGGED SUBJECT an', members: [] },
      { tag: 'F2', command: 'UID SORT', rest: '(SUBJECT) UTF-8 NOT SEEN', members: [] },
      {
        tag: 'F3',
        command: 'UID SORT',
        rest: '(REVERSE SUBJECT REVERSE ARRIVAL) UTF-8 OR FLAGGED SUBJECT a',
        members: [],
      },
    ]
    for (const one of followed)
      one.members = result(await ask(follower, `${one.command} RETURN (UPDATE ALL) ${one.rest}`, one.tag), one.tag)
    for (let round = 0; round < 80; round += 1) {
      for (let step = random(4); step >= 0; step -= 1)
        await change(place, random(3) === 0 ? follower : other, { random, followed })
      follow(followed, await ask(follower, 'NOOP'))
      for (const { tag, command, rest, members } of followed) {
        const answer = await ask(follower, `${command} RETURN (ALL) ${rest}`, 'anew')
        // What happened before this answer is in the members already: nothing can come between.
        assert.deepEqual(members, result(answer, 'anew'), `${tag} after round ${round}`)
      }
    }
  })
}

async function change(
  place: ImapPlace,
  client: MemoryPeer,
  { random, followed }: { readonly random: Random; readonly followed: readonly Followed[] },
): Promise<void> {
  if (random(5) === 0) return await deliver(place, random)
  const uids = `${1 + random(30)}:${1 + random(30)}`
  const line = [
    `UID STORE ${uids} +FLAGS (\\Seen)`,
    `UID STORE ${uids} -FLAGS.SILENT (\\Seen)`,
    `UID STORE ${uids} FLAGS (\\Flagged)`,
    `UID STORE ${1 + random(40)} +FLAGS.SILENT (\\Deleted)`,
    'EXPUNGE',
    'NOOP',
    `STORE 1 -FLAGS (\\Flagged)`,
    `UID SEARCH RETURN (SAVE) ${uids.replace(/:.*/, '')}`,
  ][random(8)]
  client.send(`t ${line}\r\n`)
  follow(followed, await client.receive())
}

function follow(followed: readonly Followed[], text: string): void {
  for (const [, tag, kind, pairs = ''] of text.matchAll(
    /\* ESEARCH \(TAG "(F\d)"\) UID (ADDTO|REMOVEFROM) \(([\d:, ]+)\)/g,
  )) {
    const one = followed.find(candidate => candidate.tag === tag)
    assert.ok(one, text)
    const words = pairs.split(' ')
    for (let at = 0; at < words.length; at += 2)
      apply(one, kind === 'ADDTO', Number(words[at]), expanded(words[at + 1]))
  }
}

function apply(one: Followed, isAdding: boolean, position: number, uids: readonly number[]): void {
  if (position === 0) {
    if (isAdding) one.members = [...one.members, ...uids].sort((a, b) => a - b)
    else one.members = one.members.filter(uid => !uids.includes(uid))
    return
  }
  if (isAdding) one.members.splice(position - 1, 0, ...uids)
  else assert.deepEqual(one.members.splice(position - 1, uids.length), uids)
}

async function ask(client: MemoryPeer, line: string, tag = 't'): Promise<string> {
  client.send(`${tag} ${line}\r\n`)
  const answer = await client.receive()
  assert.match(answer, new RegExp(`^${tag} OK`, 'm'), `${line}\n${answer}`)
  return answer
}

function result(answer: string, tag: string): number[] {
  assert.doesNotMatch(answer, /ADDTO|REMOVEFROM/)
  return expanded(new RegExp(`ESEARCH \\(TAG "${tag}"\\) UID ALL ([\\d:,]+)`).exec(answer)?.[1])
}

function expanded(set: string | undefined): number[] {
  return (set ?? '')
    .split(',')
    .filter(Boolean)
    .flatMap(range => {
      const [from = 0, to = from] = range.split(':').map(Number)
      return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    })
}

async function deliver({ store }: ImapPlace, random: Random): Promise<void> {
  await using writer = store.spool.open()
  await writer.write(Buffer.from(`Subject: ${subjects[random(4)]}\r\n\r\ntext`, 'latin1'))
  await using message = await writer.finish()
  await store.deliver(message, [{ accountId: 1, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
}

function generator(seed: number): Random {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

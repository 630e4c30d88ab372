// Rights to mailboxes through the administration: what an operator gives, takes back and reads.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { listAcl, listGiven, removeAcl, setAcl } from './direct-acl.ts'

const owner = 'alice@example.test'
const mailbox = 'INBOX'

describe('access control lists', () => {
  let place: TemporaryQueue
  before(async () => {
    place = await TemporaryQueue.open()
  })
  after(async () => await place[Symbol.asyncDispose]())

  const set = async (identifier: string, rights: string, more: { negative?: boolean; mailbox?: string } = {}) => {
    const outcome = await setAcl(place, { address: owner, mailbox, identifier, rights, negative: false, ...more })
    return outcome.kind === 'done' ? outcome.value.rights : outcome.kind
  }

  test('rights are set by letters and by level, added, refused', async () => {
    const table: readonly (readonly [string, string, string, { negative?: boolean; mailbox?: string }?])[] = [
      ['bob@example.test', 'read', 'lrs'],
      ['Bob@Example.test', '+k', 'lrsk'],
      ['bob@example.test', 'write', 'lrswite'],
      ['bob@example.test', 'all', 'lrswipkxtea'],
      ['bob@example.test', 'dl', 'lte'],
      ['anyone', 'r', 'r'],
      ['Anyone', '+l', 'lr'],
      ['ANYONE', 'l', 'l'],
      ['bob@example.test', 'p', 'p', { negative: true }],
      ['bob@example.test', 'q', 'bad-rights'],
      ['bob@example.test', '', 'bad-rights'],
      ['bob@example.test', '+', 'bad-rights'],
      ['nobody@example.test', 'read', 'no-such-account'],
      [owner, 'read', 'owner'],
      ['anyone', 'read', 'no-such-mailbox', { mailbox: 'Nowhere' }],
    ]
    for (const [who, rights, wanted, more] of table)
      assert.equal(await set(who, rights, more), wanted, `${who} ${rights}`)
    const listed = await listAcl(place, { address: owner })
    assert.ok(listed.kind === 'done')
    assert.deepEqual(
      listed.value.items.map(one => [one.mailbox, one.identifier, one.negative, one.rights]),
      [
        ['INBOX', 'anyone', false, 'l'],
        ['INBOX', 'bob@example.test', false, 'lte'],
        ['INBOX', 'bob@example.test', true, 'p'],
      ],
    )
    assert.deepEqual(await listAcl(place, { address: owner, mailbox }), listed)
    assert.equal((await listAcl(place, { address: owner, mailbox: 'Nowhere' })).kind, 'no-such-mailbox')
    assert.equal((await listAcl(place, { address: 'nobody@example.test' })).kind, 'no-such-account')
  })

  test('an account is told what others give it, all entries taken together', async () => {
    const given = async (address: string) => {
      const outcome = await listGiven(place, address)
      return outcome.kind === 'done' ? outcome.value.items : outcome.kind
    }
    await set('bob@example.test', 'read')
    await set('bob@example.test', 's', { negative: true })
    await set('anyone', 'p')
    await set('anyone', 'l', { mailbox: 'Archive' })
    assert.deepEqual(await given('bob@example.test'), [
      { owner, mailbox: 'Archive', rights: 'l' },
      { owner, mailbox: 'INBOX', rights: 'lrp' },
    ])
    assert.deepEqual(await given(owner), [])
    assert.equal(await given('nobody@example.test'), 'no-such-account')
  })

  test('an entry is removed by itself', async () => {
    const remove = (identifier: string, negative: boolean) =>
      removeAcl(place, { address: owner, mailbox, identifier, negative })
    await set('bob@example.test', 'read')
    await set('bob@example.test', 'p', { negative: true })
    assert.equal((await remove('bob@example.test', true)).kind, 'done')
    assert.equal((await remove('bob@example.test', true)).kind, 'no-such-right')
    const removed = await remove('bob@example.test', false)
    assert.equal(removed.kind === 'done' && removed.value.rights, 'lrs')
    assert.equal((await remove('nobody@example.test', false)).kind, 'no-such-account')
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseObjectId, printEmailId, printMailboxId, printThreadId } from './object-id.ts'

test('ids are what RFC 8474 allows, and are read back', () => {
  const id = { accountId: 12, number: 345 }
  for (const printed of [printEmailId(id), printThreadId(id)]) assert.match(printed, /^[A-Za-z0-9_-]{1,255}$/)
  assert.deepEqual(parseObjectId('M', printEmailId(id)), id)
  assert.deepEqual(parseObjectId('T', printThreadId(id)), id)
})

test('what is no id of that kind names nothing', () => {
  for (const text of ['', 'M', 'M1', 'T1-2', 'm1-2', 'M1-2-3', 'M-1', 'M1-2 ', 'M99999999999999999-1'])
    assert.equal(parseObjectId('M', text), undefined, text)
})

test('a mailbox whose UIDVALIDITY was raised has another id', () => {
  const mailbox = { mailboxId: 7, uidValidity: 1_000 }
  const id = printMailboxId({ accountId: 12, mailbox })
  assert.match(id, /^[A-Za-z0-9_-]{1,255}$/)
  assert.equal(printMailboxId({ accountId: 12, mailbox: { ...mailbox } }), id)
  assert.notEqual(printMailboxId({ accountId: 12, mailbox: { ...mailbox, uidValidity: 1_001 } }), id)
})

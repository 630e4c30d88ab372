// Moments that no transcript can choose: what happens while the list of mailboxes is read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noticesMax } from '#imap/limits.ts'
import { anyone } from '#store/acl-entry.ts'
import type { Author, Change, Entry } from '#store/change.ts'
import type { Mailbox } from '#store/mailbox.ts'
import { rev1 } from '#wire/imap/dialect.ts'
import { parseCommand } from '#wire/imap/parse.ts'
import type { Known } from './known-mailboxes.ts'
import { Notices } from './notices.ts'
import { NotifyPlan } from './plan.ts'

const [me, alice] = [1, 2]
const nobody: Author = { made: () => undefined }

function mailbox(mailboxId: number, name: string): Mailbox {
  return {
    mailboxId,
    name,
    uidValidity: 1,
    uidNext: 1,
    highestModseq: 1,
    specialUse: undefined,
    subscribed: false,
    exists: 0,
    unseen: 0,
    deleted: 0,
    sizeBytes: 0,
    recentFrom: 1,
  }
}

function own(mailboxId: number, name: string): Known {
  return { accountId: me, mailbox: mailbox(mailboxId, name), name, rights: 'lr' }
}

function hers(mailboxId: number, name: string): Known {
  return { accountId: alice, mailbox: mailbox(mailboxId, name), name: `Other Users/a@x/${name}`, rights: 'lr' }
}

function added(accountId: number, mailboxId: number): Change {
  return { kind: 'added', accountId, mailboxId, modseq: 5, entries: [] satisfies Entry[] }
}

function made(accountId: number, mailboxId: number, name: string): Change {
  return { kind: 'mailbox-made', accountId, mailboxId, modseq: 5, mailbox: mailbox(mailboxId, name) }
}

function watching(groups: string) {
  const listeners = new Map<number, (change: Change, author: Author | undefined) => void>()
  const author: Author = { made: () => undefined }
  const notices = new Notices({
    accountId: me,
    author,
    ring: () => undefined,
    store: {
      subscribe: (accountId, onChange) => {
        listeners.set(accountId, onChange)
        return { [Symbol.dispose]: () => void listeners.delete(accountId) }
      },
    },
  })
  const command = parseCommand(`a NOTIFY SET ${groups}`, rev1)
  notices.watch(new NotifyPlan(command.verb === 'NOTIFY' ? (command.watch?.groups ?? []) : []))
  const happen = (change: Change, by = nobody) => listeners.get(change.accountId)?.(change, by)
  return { notices, listeners, author, happen }
}

test('what happens while the mailboxes are listed is told, whichever of them the list has', () => {
  const { notices, happen } = watching('(personal (MessageNew MessageExpunge MailboxName))')
  notices.beginLearning()
  happen(added(me, 7))
  happen(made(me, 8, 'new'))
  happen(added(me, 8))
  assert.equal(notices.take().isEmpty, true)
  notices.learn([own(7, 'INBOX')], [])
  const { mailboxes, names } = notices.take()
  assert.deepEqual([...mailboxes.keys(), ...names.keys()], ['1/7', '1/8', 'new'])
  assert.equal(notices.nameOf({ accountId: me, mailboxId: 8 }), 'new')
})

test('who is followed since the list was taken makes it too old', () => {
  const { notices, listeners } = watching('(subtree "Other Users" (MailboxName))')
  assert.deepEqual([...listeners.keys()], [me, anyone])
  notices.beginLearning()
  assert.equal(notices.follow([me, alice]), true)
  assert.equal(notices.follow([me, alice]), false)
  notices.learn([hers(3, 'Team')], [])
  assert.deepEqual([...listeners.keys()], [me, anyone, alice])
  notices.beginLearning()
  notices.learn([], [])
  assert.deepEqual([...listeners.keys()], [me, anyone])
  assert.deepEqual([...notices.take().names.keys()], ['Other Users/a@x/Team'])
})

test('what may have changed while the list was read needs another one', () => {
  const { notices, happen } = watching('(subtree "Other Users" (MailboxName))')
  notices.follow([alice])
  notices.beginLearning()
  notices.learn([hers(3, 'Team')], [])
  happen(made(alice, 4, 'Team/Child'))
  assert.equal(notices.isStale, true)
  notices.beginLearning()
  happen({ kind: 'shared', accountId: me, mailboxId: 0, modseq: 5, ownerId: alice, sharedId: 4 })
  notices.learn([hers(3, 'Team')], [])
  assert.deepEqual([notices.isStale, notices.take().isEmpty], [true, true])
  notices.beginLearning()
  notices.giveUpLearning()
  assert.equal(notices.isStale, true)
  notices.beginLearning()
  notices.learn([hers(3, 'Team'), hers(4, 'Team/Child')], [])
  assert.equal(notices.isStale, false)
  assert.deepEqual([...notices.take().names.keys()], ['Other Users/a@x/Team/Child', 'Other Users/a@x/Team'])
})

test('what the client did itself is known, but not told', () => {
  const { notices, author, happen } = watching('(personal (MessageNew MessageExpunge MailboxName))')
  notices.beginLearning()
  notices.learn([own(7, 'INBOX')], [])
  happen(made(me, 8, 'mine'), author)
  happen(added(me, 7), author)
  assert.equal(notices.hasSomething, false)
  happen(added(me, 8))
  assert.deepEqual([...notices.take().mailboxes.keys()], ['1/8'])
})

test('more than can wait for the list ends the watch', () => {
  const { notices, happen } = watching('(personal (MessageNew MessageExpunge))')
  notices.beginLearning()
  for (let count = 0; count < noticesMax; count += 1) happen(added(me, 7))
  assert.equal(notices.isOverflown, false)
  happen(added(me, 7))
  assert.equal(notices.isOverflown, true)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rev1 } from '#wire/imap/dialect.ts'
import { parseCommand } from '#wire/imap/parse.ts'
import { type EventName, NotifyPlan, unknownEvents } from './plan.ts'

function groupsOf(text: string) {
  const command = parseCommand(`a NOTIFY SET ${text}`, rev1)
  return command.verb === 'NOTIFY' ? (command.watch?.groups ?? []) : []
}

const wants: readonly (readonly [groups: string, event: EventName, names: string, wanted: boolean])[] = [
  ['(personal (MailboxName))', 'MailboxName', 'own', true],
  ['(personal (MailboxName))', 'MailboxName', 'others', false],
  ['(inboxes (MailboxName))', 'MailboxName', 'own', true],
  ['(subscribed (MailboxName))', 'MailboxName', 'own', false],
  ['(subscribed (MailboxName))', 'MailboxName', 'others subscribed', true],
  ['(subtree a (MailboxName))', 'MailboxName', 'a', true],
  ['(subtree a (MailboxName))', 'MailboxName', 'a/b/c', true],
  ['(subtree a (MailboxName))', 'MailboxName', 'ab', false],
  ['(mailboxes (a b) (MailboxName))', 'MailboxName', 'b', true],
  ['(mailboxes (a b) (MailboxName))', 'MailboxName', 'a/b', false],
  ['(mailboxes (a b) (MailboxName))', 'SubscriptionChange', 'a', false],
  ['(mailboxes a (MailboxName)) (personal (SubscriptionChange))', 'SubscriptionChange', 'own', true],
  ['(selected (MessageNew MessageExpunge))', 'MessageNew', 'own', false],
  ['(personal NONE)', 'MessageNew', 'own', false],
]
for (const [groups, event, names, wanted] of wants) {
  test(`NOTIFY SET ${groups} tells ${wanted ? '' : 'no '}${event} of ${names}`, () => {
    const isSubscribed = names.endsWith('subscribed')
    const named = { name: names.split(' ')[0] ?? '', isOwn: !names.startsWith('others'), isSubscribed }
    assert.equal(new NotifyPlan(groupsOf(groups)).wants(event, named), wanted)
  })
}

test('of the selected mailbox only SELECTED says what is told', () => {
  const plan = new NotifyPlan(groupsOf('(selected-delayed (MessageNew (UID) MessageExpunge FlagChange))'))
  assert.deepEqual(plan.selected, { delayed: true, flags: true, items: [{ kind: 'uid' }] })
  assert.equal(plan.watchesOthers, false)
  assert.equal(new NotifyPlan(groupsOf('(selected NONE)')).selected, undefined)
  assert.equal(new NotifyPlan([]).selected, undefined)
})

const elsewhere: readonly (readonly [groups: string, watchesElsewhere: boolean, watchesIt: boolean])[] = [
  ['(personal (MailboxName))', false, false],
  ['(selected (MessageNew MessageExpunge))', false, false],
  ['(mailboxes x (SubscriptionChange))', true, true],
  ['(subtree x (ServerMetadataChange))', true, false],
  ['(subscribed (MailboxName))', true, false],
  ['(subtree x NONE)', false, false],
]
for (const [groups, watchesElsewhere, watchesIt] of elsewhere) {
  test(`NOTIFY SET ${groups} watches ${watchesElsewhere ? '' : 'no '}mailboxes of others${watchesIt ? ', x' : ''}`, () => {
    const plan = new NotifyPlan(groupsOf(groups))
    const watched = plan.watches({ name: 'x', isOwn: false, isSubscribed: false })
    assert.deepEqual([plan.watchesElsewhere, watched], [watchesElsewhere, watchesIt])
  })
}

test('unknown events are named', () => {
  assert.deepEqual(unknownEvents(groupsOf('(personal (MailboxName Other AnnotationX))')), ['other', 'annotationx'])
})

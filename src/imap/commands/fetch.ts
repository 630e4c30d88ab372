// FETCH and UID FETCH (RFC 3501 6.4.5, 6.4.8), with CHANGEDSINCE and VANISHED (RFC 7162 3.1.4, 3.2.6) and PARTIAL (RFC 9394 3.3).

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import type { Fetched } from '#imap/fetch/answers.ts'
import { fetchMessages } from '#imap/fetch/fetch.ts'
import { narrowed } from '#imap/fetch/narrowed.ts'
import { planFetch } from '#imap/fetch/plan.ts'
import { backwards, cutShort, exceeds, limitOf, newestOf, tooManyMessages } from '#imap/message-limit.ts'
import { type Range, rangesOfNumbers, rangesOfUids } from '#imap/message-ranges.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { indexOfUid } from '#store/mailbox-view.ts'
import { printVanished } from '#wire/imap/print-lines.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

export async function fetch(
  conversation: Conversation,
  selected: Selected,
  command: CommandOf<'FETCH'>,
): Promise<Reply> {
  const { uid, items, changedSince, vanished, partial } = command
  if (vanished && !conversation.dialect.qresync) return bad('VANISHED needs ENABLE QRESYNC first')
  const limit = limitOf(conversation)
  // RFC 9738 3.1: such a part is never cut short.
  if (partial !== undefined && partial.last - partial.first >= limit) return tooManyMessages(limit)
  if (changedSince !== undefined || items.some(({ kind }) => kind === 'modseq')) conversation.useCondstore()
  // RFC 8970 8: previews are much work for few octets.
  if (items.some(item => item.kind === 'preview' && !item.lazy)) conversation.logOnce('imap.preview')
  if (uid) await selected.announceNew(conversation.output)
  const ranges = rangesOf(selected, command)
  if (ranges === undefined) return bad('There is no message of this number')
  if (vanished) await tellVanished(conversation, selected, command)
  const { dialect } = conversation
  const plan = planFetch(items, { uid, changedSince, dialect })
  const wanted = narrowed(ranges, selected, command)
  const isTooMuch = exceeds(wanted, limit)
  const newest = isTooMuch ? newestOf(wanted, limit) : wanted
  if (plan.readsMessages) conversation.told.fetched(selected, newest, items)
  if (!isTooMuch) return replyTo(await fetchMessages(conversation, selected, wanted, plan))
  const reply = replyTo(await fetchMessages(conversation, selected, backwards(newest), plan))
  return cutShort(conversation, reply, selected.uidAt(newest[0]?.first ?? 0))
}

function rangesOf(selected: Selected, { uid, set }: CommandOf<'FETCH'>): readonly Range[] | undefined {
  return uid ? rangesOfUids(set, selected.columns, selected.exists) : rangesOfNumbers(set, selected.exists)
}

/** Which of the UIDs were expunged since; those whose EXPUNGE is still to be announced here are told then. */
async function tellVanished(
  { needs, output }: Conversation,
  selected: Selected,
  { set, changedSince = 0 }: CommandOf<'FETCH'>,
): Promise<void> {
  const { accountId, mailboxId, uidNext } = selected.view
  const highest = uidNext - 1
  const uids = set.map(({ from, to }) => {
    const [one, other] = [from === '*' ? highest : from, to === '*' ? highest : to]
    return { from: Math.min(one, other), to: Math.max(one, other) }
  })
  const gone = await needs.store.vanished(accountId, mailboxId, { since: changedSince, uids })
  const known = { uids: selected.columns.uids, count: selected.exists }
  const told = gone.filter(uid => indexOfUid(known, uid) < 0)
  if (told.length > 0) output.text(printVanished(printUidSet(told), true))
}

function replyTo(fetched: Fetched): Reply {
  switch (fetched) {
    case 'all':
      return ok('Done')
    case 'some-missing':
      return no('EXPUNGEISSUED', 'Some of the messages are gone')
    case 'some-too-large':
      return no('LIMIT', 'Some of the answers would be too large: ask for fewer items at once')
    case 'some-unknown-encoding':
      return no('UNKNOWN-CTE', 'Some of the parts have an encoding that is not known here: ask for BODY[]')
  }
}

// COPY (RFC 3501 6.4.7) and MOVE (RFC 6851) with COPYUID (RFC 4315 3). The EXPUNGEs of a MOVE come from `announce`, behind its COPYUID.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { type Found, findMailbox } from '#imap/mailboxes.ts'
import { cutShort, limitOf, savingLimitOf, tooManyMessages } from '#imap/message-limit.ts'
import { placesIn, rangesOfNumbers, rangesOfUids } from '#imap/message-ranges.ts'
import { flagsWithin, readerEdit } from '#imap/reader-rights.ts'
import { bad, no, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName, toldUids } from '#imap/rights.ts'
import type { Selected } from '#imap/selected.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

export async function copy(
  conversation: Conversation,
  account: Account,
  selected: Selected,
  command: CommandOf<'COPY'>,
): Promise<Reply> {
  const { output } = conversation
  const isMove = command.verb === 'MOVE'
  if (isMove && selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  const named = namedUids(selected, command)
  if (named.kind === 'reply') return named.reply
  const target = await findMailbox(conversation, account, command.mailbox)
  const refusal = refusalByName(command.verb, target)
  if (refusal !== undefined || target === undefined)
    return refusal ?? refused({ kind: 'no-such-mailbox' }, 'destination')
  if (named.uids.length === 0) return ok('There are no such messages')
  const limit = isMove ? limitOf(conversation) : savingLimitOf(conversation)
  const isMany = named.uids.length > limit
  const uids = isMany ? named.uids.slice(-limit) : named.uids
  const [lowestUid = 0] = uids
  // COPY is all or nothing (RFC 3501 6.4.7); MOVE is not (RFC 6851 3.3).
  if (isMany && !isMove) return tooManyMessages(limit, lowestUid)
  const result = await copyMessages(conversation, account, { selected, target, uids, isMove })
  if (result.kind !== 'done') return refused(result, 'destination')
  if (result.from.length === 0)
    return isMany ? cutShort(conversation, ok('Done'), lowestUid) : ok('There are no such messages')
  const { uidValidity, from, to } = result
  const code = toldUids(target, { code: 'COPYUID', uidValidity, from: printUidSet(from), to: printUidSet(to) })
  if (!isMove) return ok('Copied', code)
  conversation.told.moved(selected.view, target, from.length)
  // RFC 6851 4.3: before the EXPUNGEs, which would take away what it speaks of.
  if (code !== undefined) output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'Moved' }))
  const moved: Reply = { ...ok('Moved'), tellsModseq: true }
  return isMany ? cutShort(conversation, moved, lowestUid) : moved
}

interface Copying {
  readonly selected: Selected
  readonly target: Found
  readonly uids: readonly number[]
  readonly isMove: boolean
}

/** Between one's own mailboxes, or with others' in it. */
async function copyMessages({ needs }: Conversation, account: Account, { selected, target, uids, isMove }: Copying) {
  const { accountId, mailboxId, readerId } = selected.view
  const to = target.mailbox.mailboxId
  if (readerId === undefined && target.accountId === accountId)
    return await needs.store[isMove ? 'move' : 'copy'](accountId, mailboxId, to, uids)
  const from = { accountId, mailboxId, reader: readerEdit(selected.view) }
  const reader =
    target.accountId === account.accountId ? undefined : { readerId: account.accountId, ...flagsWithin(target.rights) }
  return await needs.store.shares.copy(from, { accountId: target.accountId, mailboxId: to, reader }, uids, { isMove })
}

type Named =
  | { readonly kind: 'uids'; readonly uids: readonly number[] }
  | { readonly kind: 'reply'; readonly reply: Reply }

function namedUids(selected: Selected, { uid, set }: CommandOf<'COPY'>): Named {
  if (uid) {
    // In what the mailbox holds now: Apple Mail moves messages that this session has not announced yet.
    const { current } = selected.view
    const places = placesIn(rangesOfUids(set, current, current.count))
    return { kind: 'uids', uids: Array.from(places, place => current.uids[place] ?? 0) }
  }
  const ranges = rangesOfNumbers(set, selected.exists)
  if (ranges === undefined) return { kind: 'reply', reply: bad('There is no message of this number') }
  const places = [...placesIn(ranges)]
  // All or nothing (RFC 3501 6.4.7, RFC 2180 4.4.1).
  if (places.some(place => selected.isGone(place)))
    return { kind: 'reply', reply: no('EXPUNGEISSUED', 'Some of the messages are expunged') }
  return { kind: 'uids', uids: places.map(place => selected.uidAt(place)) }
}

// COPY (RFC 3501 6.4.7) and MOVE (RFC 6851) with COPYUID (RFC 4315 3). The EXPUNGEs of a MOVE come from `announce`, behind its COPYUID.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { placesIn, rangesOfNumbers, rangesOfUids } from '#imap/message-ranges.ts'
import { bad, no, ok, type Reply, refused } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import type { ResponseCode } from '#wire/imap/response-code.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

export async function copy(
  { needs, output }: Conversation,
  selected: Selected,
  command: CommandOf<'COPY'>,
): Promise<Reply> {
  const isMove = command.verb === 'MOVE'
  if (isMove && selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  const named = namedUids(selected, command)
  if (named.kind === 'reply') return named.reply
  const { accountId, mailboxId } = selected.view
  const target = await needs.store.mailbox(accountId, command.mailbox)
  if (target === undefined) return refused({ kind: 'no-such-mailbox' }, 'destination')
  if (named.uids.length === 0) return ok('There are no such messages')
  const verb = isMove ? 'move' : 'copy'
  const result = await needs.store[verb](accountId, mailboxId, target.mailboxId, named.uids)
  if (result.kind !== 'done') return refused(result, 'destination')
  if (result.from.length === 0) return ok('There are no such messages')
  const { uidValidity, from, to } = result
  const code: ResponseCode = { code: 'COPYUID', uidValidity, from: printUidSet(from), to: printUidSet(to) }
  if (!isMove) return ok('Copied', code)
  // RFC 6851 4.3: before the EXPUNGEs, which would take away what it speaks of.
  output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'Moved' }))
  return ok('Moved')
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

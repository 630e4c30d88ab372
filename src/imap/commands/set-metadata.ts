// SETMETADATA (RFC 5464 4.3), and through /private/specialuse the use of a mailbox (RFC 6154 4). All entries are set, or none.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { type Found, findMailbox } from '#imap/mailboxes.ts'
import { specialUseEntry } from '#imap/metadata/special-use-entry.ts'
import { no, noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { readUse } from '#imap/special-use.ts'
import { limits } from '#store/limits.ts'
import { serverId, type UseEdit } from '#store/metadata.ts'
import { fromLatin1 } from '#text/bytes.ts'

type Edits = CommandOf<'SETMETADATA'>['edits']

export async function setMetadata(
  conversation: Conversation,
  account: Account,
  { mailbox, edits }: CommandOf<'SETMETADATA'>,
): Promise<Reply> {
  const found = mailbox === '' ? undefined : await findMailbox(conversation, account, mailbox)
  const setsShared = edits.some(({ entry }) => entry.startsWith('/shared/'))
  if (mailbox === '' && setsShared) return no('NOPERM', 'Only the administrator says this of the server')
  // RFC 5464 3.3: one's own notes are for who may read; what all the others see takes more.
  const refusal = mailbox === '' ? undefined : refusalByName(setsShared ? 'SETMETADATA' : 'GETMETADATA', found)
  const problem = refusal ?? tooLong(edits)
  if (problem !== undefined) return problem
  if (found === undefined) return await store(conversation, account, { found, edits, use: undefined })
  const uses = edits.filter(({ entry }) => entry === specialUseEntry)
  const asked = uses.at(-1)
  const use = asked && useFor(account, found, asked.value)
  if (use !== undefined && 'reply' in use) return use.reply
  return await store(conversation, account, { found, edits: edits.filter(edit => !uses.includes(edit)), use })
}

function tooLong(edits: Edits): Reply | undefined {
  const fits = edits.every(({ value }) => value === undefined || value.length <= limits.metadataBytes)
  return fits ? undefined : valueTooLong()
}

/** RFC 5464 4.3. */
export function valueTooLong(): Reply {
  const code = { code: 'METADATA', problem: 'MAXSIZE', number: limits.metadataBytes } as const
  return { status: 'NO', code, text: 'The value is too long' }
}

function useFor(account: Account, found: Found, value: string | undefined): UseEdit | { readonly reply: Reply } {
  const specialUse = value === undefined || value === '' ? undefined : readUse(value)
  if (found.accountId !== account.accountId) return { reply: no('NOPERM', 'Its owner decides what the mailbox is for') }
  if (found.mailbox.name === 'INBOX') return { reply: no('USEATTR', 'INBOX has its use already') }
  if (specialUse === undefined && value !== undefined && value !== '')
    return { reply: no('USEATTR', 'No mailbox here can have this use') }
  return { specialUse }
}

async function store(
  conversation: Conversation,
  { accountId }: Account,
  { found, edits, use }: { found: Found | undefined; edits: Edits; use: UseEdit | undefined },
): Promise<Reply> {
  const mailboxId = found?.mailbox.mailboxId ?? serverId
  const place = { accountId: found?.accountId ?? accountId, mailboxId, readerId: accountId }
  const values = edits.map(({ entry, value }) => ({
    entry,
    value: value === undefined ? undefined : fromLatin1(value),
  }))
  const { kind } = await conversation.needs.store.setMetadata(place, values, use)
  if (kind === 'no-such-mailbox') return noSuchMailbox()
  if (kind === 'too-many')
    return { status: 'NO', code: { code: 'METADATA', problem: 'TOOMANY' }, text: 'There are too many annotations' }
  return ok('Done')
}

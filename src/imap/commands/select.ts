// SELECT and EXAMINE (RFC 3501 6.3.1, 6.3.2; RFC 9051 6.3.2, 6.3.3) with CONDSTORE and QRESYNC (RFC 7162 3.1.8, 3.2.5).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { type Found, findMailbox, openFound } from '#imap/mailboxes.ts'
import { bad, noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import { resync } from '#imap/resync.ts'
import { refusalByName } from '#imap/rights.ts'
import { Selected } from '#imap/selected.ts'
import { DiskFullError } from '#io/sql/database.ts'
import { delimiter } from '#store/mailbox.ts'
import type { MailboxView } from '#store/mailbox-view.ts'
import type { Dialect } from '#wire/imap/dialect.ts'
import { printMailboxId } from '#wire/imap/object-id.ts'
import { printList, printStatusResponse } from '#wire/imap/print-lines.ts'
import { printOldName } from '#wire/imap/print-list.ts'
import type { ResponseCode } from '#wire/imap/response-code.ts'

export async function select(
  conversation: Conversation,
  account: Account,
  command: CommandOf<'SELECT'>,
): Promise<Reply> {
  if (command.known !== undefined && !conversation.enabled.has('QRESYNC')) return bad('Enable QRESYNC first')
  if (command.known?.match !== undefined && conversation.dialect.uidOnly)
    return { status: 'BAD', code: { code: 'UIDREQUIRED' }, text: 'UIDONLY is enabled: no message numbers here' }
  leave(conversation)
  if (command.condstore) conversation.useCondstore()
  const found = await findMailbox(conversation, account, command.mailbox)
  const refusal = refusalByName(command.verb, found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  const view = await openFound(conversation, account, found)
  if (view === undefined) return noSuchMailbox()
  try {
    return await open(conversation, view, { found, command, isOwn: found.accountId === account.accountId })
  } catch (error) {
    // The NO that comes of it leaves nothing selected, as any other.
    conversation.select(undefined)
    throw error
  }
}

/** What was selected is left in any case, also when this one fails; RFC 7162 3.2.11: what is said from here on is of the next. */
function leave(conversation: Conversation): void {
  if (conversation.selected === undefined) return
  conversation.select(undefined)
  const code = { code: 'CLOSED' } as const
  conversation.output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'The mailbox before is closed' }))
}

interface Opened {
  readonly found: Found
  readonly command: CommandOf<'SELECT'>
  readonly isOwn: boolean
}

async function open(conversation: Conversation, view: MailboxView, opened: Opened): Promise<Reply> {
  const { found, command } = opened
  const { output, dialect } = conversation
  const readOnly = command.verb === 'EXAMINE'
  const firstRecent = recentFrom(conversation, view, { found, readOnly })
  const selected = new Selected({ view, readOnly, firstRecent, dialect: () => conversation.dialect })
  conversation.select(selected)
  conversation.told.selected(found)
  await selected.open(output)
  const unseen = dialect.rev2 || dialect.uidOnly ? undefined : selected.firstUnseen
  if (unseen !== undefined) say({ code: 'UNSEEN', number: unseen }, 'The first unseen message')
  say({ code: 'UIDVALIDITY', number: view.uidValidity }, 'UIDs are valid')
  say({ code: 'UIDNEXT', number: view.uidNext }, 'The next UID')
  selected.tellHighestModseq(output)
  say({ code: 'MAILBOXID', id: printMailboxId(found) }, 'The id of the mailbox')
  // RFC 4467 8
  if (!conversation.hides('GENURLAUTH')) say({ code: 'URLMECH', mechanisms: ['INTERNAL'] }, 'How URLs are authorized')
  if (dialect.rev2) output.text(listLine(opened, dialect))
  if (command.known !== undefined) await resync(conversation, selected, command.known)
  return ok('Selected', { code: selected.access })

  function say(code: ResponseCode, text: string): void {
    output.text(printStatusResponse({ tag: '*', status: 'OK', code, text }))
  }
}

/** RFC 9051 6.3.2. Of what is below it nothing is said: that would take all names. */
function listLine({ found, command, isOwn }: Opened, dialect: Dialect): string {
  const { name, mailbox } = found
  // What others are used for is their owner's, and one's subscriptions to them stand elsewhere.
  const subscribed = isOwn && mailbox.subscribed ? ['\\Subscribed'] : []
  const use = isOwn && mailbox.specialUse !== undefined ? [mailbox.specialUse] : []
  const extended = command.given === undefined ? [] : [printOldName(command.given, dialect)]
  return printList({ verb: 'LIST', attributes: [...subscribed, ...use], delimiter, name, extended }, dialect)
}

function recentFrom(
  { needs }: Conversation,
  view: MailboxView,
  { found, readOnly }: { readonly found: Found; readonly readOnly: boolean },
): () => Promise<number> {
  // To readers of another's mailbox nothing is \Recent.
  if (view.readerId !== undefined) return () => Promise.resolve(view.uidNext)
  // EXAMINE looks at \Recent without taking it (RFC 3501 6.3.2).
  if (readOnly) return () => Promise.resolve(found.mailbox.recentFrom)
  return async () => {
    try {
      return await needs.store.claimRecent(view.accountId, view.mailboxId)
    } catch (error) {
      // A mailbox can be read on a full disk: nothing is \Recent then.
      if (!(error instanceof DiskFullError)) throw error
      return view.uidNext
    }
  }
}

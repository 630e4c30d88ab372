// SELECT and EXAMINE (RFC 3501 6.3.1, 6.3.2).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import { Selected } from '#imap/selected.ts'
import { DiskFullError } from '#io/sql/database.ts'
import type { Mailbox } from '#store/mailbox.ts'
import type { MailboxView } from '#store/mailbox-view.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import type { ResponseCode } from '#wire/imap/response-code.ts'

export async function select(
  conversation: Conversation,
  account: Account,
  command: CommandOf<'SELECT'>,
): Promise<Reply> {
  const { store } = conversation.needs
  // What was selected is left in any case, also when this one fails.
  conversation.select(undefined)
  const mailbox = await store.mailbox(account.accountId, command.mailbox)
  if (mailbox === undefined) return noSuchMailbox()
  const view = await store.openView(account.accountId, mailbox.mailboxId)
  if (view === undefined) return noSuchMailbox()
  return await open(conversation, view, { mailbox, readOnly: command.verb === 'EXAMINE' })
}

async function open(
  conversation: Conversation,
  view: MailboxView,
  { mailbox, readOnly }: { mailbox: Mailbox; readOnly: boolean },
): Promise<Reply> {
  const { output, needs } = conversation
  const { accountId, mailboxId } = view
  const claim = async () => {
    try {
      return await needs.store.claimRecent(accountId, mailboxId)
    } catch (error) {
      // A mailbox can be read on a full disk: nothing is \Recent then.
      if (!(error instanceof DiskFullError)) throw error
      return view.uidNext
    }
  }
  // EXAMINE looks at \Recent without taking it (RFC 3501 6.3.2).
  const firstRecent = readOnly ? () => Promise.resolve(mailbox.recentFrom) : claim
  const selected = new Selected({ view, readOnly, firstRecent })
  conversation.select(selected)
  await selected.open(output)
  const unseen = selected.firstUnseen
  if (unseen !== undefined) say({ code: 'UNSEEN', number: unseen }, 'The first unseen message')
  say({ code: 'UIDVALIDITY', number: view.uidValidity }, 'UIDs are valid')
  say({ code: 'UIDNEXT', number: view.uidNext }, 'The next UID')
  return ok('Selected', { code: readOnly ? 'READ-ONLY' : 'READ-WRITE' })

  function say(code: ResponseCode, text: string): void {
    output.text(printStatusResponse({ tag: '*', status: 'OK', code, text }))
  }
}

// OLDNAME for a rev2 client whose spelling of a new mailbox was made another one (RFC 9051 6.3.9.7).

import type { Account } from '#accounts/account.ts'
import type { Conversation } from '#imap/conversation.ts'
import { delimiter } from '#store/mailbox.ts'
import { printList } from '#wire/imap/print-lines.ts'
import { printOldName } from '#wire/imap/print-list.ts'
import { readNameTree } from './name-tree.ts'

export async function tellOldName(
  conversation: Conversation,
  account: Account,
  { name, given }: { readonly name: string; readonly given: string },
): Promise<void> {
  const { dialect, output } = conversation
  const tree = await readNameTree(conversation, account)
  const attributes = tree.attributes(name, { children: true, subscribed: true, missing: '\\NonExistent' })
  const extended = [printOldName(given, dialect)]
  output.text(printList({ verb: 'LIST', attributes, delimiter, name, extended }, dialect))
}

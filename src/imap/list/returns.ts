// What LIST tells of each mailbox behind its own line: STATUS (RFC 5819), MYRIGHTS (RFC 8440), METADATA (RFC 9590).

import type { Account } from '#accounts/account.ts'
import { statusLine } from '#imap/commands/status.ts'
import type { Conversation } from '#imap/conversation.ts'
import type { Found } from '#imap/mailboxes.ts'
import { mayReadAnnotations, NamedAnnotations } from '#imap/metadata/annotations.ts'
import type { ListOptions } from '#wire/imap/command.ts'
import { printMyRights } from '#wire/imap/print-acl.ts'
import { printMetadata } from '#wire/imap/print-metadata.ts'

/** A function that says what `wanted` names of one mailbox. */
export function returnsTeller(
  conversation: Conversation,
  account: Account,
  wanted: ListOptions['returns'],
): (found: Found) => Promise<void> {
  const { output, dialect } = conversation
  const { status, myRights, metadata } = wanted
  const annotations = metadata && new NamedAnnotations(conversation, account, metadata)
  return async found => {
    if (status !== undefined && found.rights.includes('r')) output.text(await statusLine(conversation, found, status))
    if (myRights) output.text(printMyRights(found.name, found.rights, dialect))
    if (annotations !== undefined && mayReadAnnotations(found))
      output.text(printMetadata(found.name, await annotations.of(found), dialect))
  }
}

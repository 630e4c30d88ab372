// ENABLE (RFC 5161). Names that are unknown, or were given to it before, are passed over. What other commands have enabled by the way
// (CONDSTORE) is told: no answer would read as if it could not be.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { watchMetadata } from '#imap/notify/watch-metadata.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { printEnabled } from '#wire/imap/print-lines.ts'

/** What can be enabled, by its name in upper case, and what comes with it. */
const extensions: ReadonlyMap<string, { readonly name: string; readonly with: readonly string[] }> = new Map([
  ['IMAP4REV2', { name: 'IMAP4rev2', with: [] }],
  ['UTF8=ACCEPT', { name: 'UTF8=ACCEPT', with: [] }],
  ['CONDSTORE', { name: 'CONDSTORE', with: [] }],
  // RFC 7162 3.2.3
  ['QRESYNC', { name: 'QRESYNC', with: ['CONDSTORE'] }],
  ['UIDONLY', { name: 'UIDONLY', with: [] }],
  ['METADATA', { name: 'METADATA', with: [] }],
])

export async function enable(
  conversation: Conversation,
  account: Account,
  { capabilities }: CommandOf<'ENABLE'>,
): Promise<Reply> {
  const told = new Set(conversation.capabilities().map(name => name.toUpperCase()))
  const wanted = new Set(capabilities.map(name => name.toUpperCase()))
  const fresh = [...wanted].filter(name => told.has(name) && !conversation.enabledByName.has(name))
  const names = fresh.flatMap(name => {
    const extension = extensions.get(name)
    return extension === undefined ? [] : [extension]
  })
  conversation.output.text(printEnabled(names.map(({ name }) => name)))
  conversation.enable(names.flatMap(({ name, with: more }) => [name.toUpperCase(), ...more]))
  if (fresh.includes('METADATA')) await watchMetadata(conversation, account)
  return ok('Done')
}

// Imports for an operator: what is there already, messages in pieces or as a whole, each stored once.

import type { AccountNames } from '#accounts/account.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import type { ImportedMessage, Imports } from '#import/imports.ts'
import { limits as importLimits } from '#import/limits.ts'
import type { Administration, ImportInfo } from './administration.ts'
import type { ImportMessage } from './import-message.ts'
import type { Page } from './page.ts'

interface ImportNeeds {
  readonly directory: AccountNames
  readonly imports: Imports
}

type Request<Verb extends keyof Administration> = Parameters<Administration[Verb]>[0]

export async function listImported(
  { directory, imports }: ImportNeeds,
  { address, mailbox, after }: Request<'listImported'>,
): Promise<Outcome<Page<string>>> {
  const account = await directory.named(address)
  if (account === undefined) return { kind: 'no-such-account', subject: address }
  const { items, next } = await imports.names({ accountId: account.accountId, mailbox }, after)
  return done(next === undefined ? { items } : { items, next })
}

export async function importOctets(
  { imports }: ImportNeeds,
  { upload, octets }: Request<'importOctets'>,
): Promise<Outcome<Record<string, never>>> {
  const taken = await imports.write(upload, Buffer.from(octets, 'base64'))
  return taken ? done({}) : { kind: 'too-many-imports', subject: String(importLimits.uploads) }
}

export async function importMessages(
  { directory, imports }: ImportNeeds,
  { address, mailbox, messages }: Request<'importMessages'>,
): Promise<Outcome<ImportInfo>> {
  const account = await directory.named(address)
  if (account === undefined) return { kind: 'no-such-account', subject: address }
  const { accountId } = account
  const outcome = await imports.take({ accountId, mailbox }, messages.map(fromData))
  if (outcome.kind === 'done') return done({ messages: outcome.messages, uidls: outcome.uidls })
  if (outcome.kind === 'over-quota') return { kind: 'over-quota', subject: account.address }
  if (outcome.kind === 'no-such-upload') return { kind: 'no-such-upload', subject: mailbox }
  return { kind: 'bad-mailbox', subject: mailbox }
}

function fromData({ octets, upload, uidl, ...message }: ImportMessage): ImportedMessage {
  const content = octets === null ? { upload: upload ?? '' } : { octets: Buffer.from(octets, 'base64') }
  return { ...message, uidl: uidl ?? undefined, content }
}

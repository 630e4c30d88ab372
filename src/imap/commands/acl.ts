// SETACL, DELETEACL, GETACL, LISTRIGHTS and MYRIGHTS (RFC 4314 3). Identifiers are the addresses of accounts, and `anyone`.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { type Found, findMailbox } from '#imap/mailboxes.ts'
import { no, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { allRights, shownRights } from '#mail/rights.ts'
import { anyone } from '#store/acl-entry.ts'
import { type PrintedEntry, printAcl, printListRights, printMyRights } from '#wire/imap/print-acl.ts'

type AclCommand = CommandOf<'SETACL' | 'DELETEACL' | 'GETACL' | 'LISTRIGHTS' | 'MYRIGHTS'>

export async function acl(conversation: Conversation, account: Account, command: AclCommand): Promise<Reply> {
  const found = await findMailbox(conversation, account, command.mailbox)
  const refusal = refusalByName(command.verb, found)
  if (refusal !== undefined || found === undefined) return refusal ?? no('NONEXISTENT', 'There is no such mailbox')
  switch (command.verb) {
    case 'MYRIGHTS':
      conversation.output.text(printMyRights(found.name, found.rights, conversation.dialect))
      return ok('Done')
    case 'GETACL':
      return await getAcl(conversation, found)
    case 'LISTRIGHTS':
      return await listRights(conversation, found, command)
    case 'SETACL':
      return await setAcl(conversation, found, command)
    case 'DELETEACL':
      return await setAcl(conversation, found, { ...command, action: 'replace', rights: '' })
  }
}

async function getAcl(conversation: Conversation, found: Found): Promise<Reply> {
  const { needs, output, dialect } = conversation
  const entries = await needs.store.shares.acl(found.accountId, found.mailbox.mailboxId)
  const accounts = await needs.accounts.byId([found.accountId, ...entries.map(({ granteeId }) => granteeId)])
  const named = (granteeId: number) => (granteeId === anyone ? 'anyone' : accounts.get(granteeId)?.address)
  const printed: PrintedEntry[] = [{ identifier: named(found.accountId) ?? '', rights: allRights }]
  for (const { granteeId, negative, rights } of entries) {
    const identifier = named(granteeId)
    if (identifier !== undefined) printed.push({ identifier: negative ? `-${identifier}` : identifier, rights })
  }
  output.text(printAcl(found.name, printed, dialect))
  return ok('Done')
}

async function listRights(
  { needs, output, dialect }: Conversation,
  found: Found,
  { identifier, negative }: CommandOf<'LISTRIGHTS'>,
): Promise<Reply> {
  const granteeId = await granteeOf(needs, identifier)
  if (granteeId === undefined) return nobody()
  const isOwner = granteeId === found.accountId && !negative
  const always = isOwner ? allRights : ''
  // RFC 4314 3.4: the owner's can neither be given nor taken.
  const others = granteeId === found.accountId ? '' : shownRights(allRights)
  output.text(
    printListRights(found.name, { identifier: negative ? `-${identifier}` : identifier, always, others }, dialect),
  )
  return ok('Done')
}

type SetAcl = Pick<CommandOf<'SETACL'>, 'identifier' | 'negative' | 'action' | 'rights'>

async function setAcl({ needs, log }: Conversation, found: Found, edit: SetAcl): Promise<Reply> {
  const { identifier, negative, action, rights } = edit
  const granteeId = await granteeOf(needs, identifier)
  if (granteeId === undefined) return nobody()
  if (granteeId === found.accountId) return ownersRights(edit)
  const { accountId, mailbox } = found
  const result = await needs.store.shares.setAcl(accountId, mailbox.mailboxId, { granteeId, negative, action, rights })
  if (result.kind === 'no-such-account') return nobody()
  if (result.kind === 'too-many') return no('LIMIT', 'There are too many entries')
  if (result.kind !== 'done') return refused(result)
  log.info('imap.acl', { mailbox: found.name, identifier, negative, action, rights })
  return ok('Done')
}

/** The owner has every right for good: what would leave it so is no mistake. */
function ownersRights({ negative, action, rights }: SetAcl): Reply {
  const takesSome = negative ? action !== 'remove' && rights !== '' : action !== 'add' && !keepsAll(action, rights)
  return takesSome ? no('CANNOT', 'The owner of a mailbox has every right to it') : ok('The owner has every right')
}

function keepsAll(action: SetAcl['action'], rights: string): boolean {
  return action === 'replace' ? rights === allRights : rights === ''
}

/** Undefined: no account has this address. */
async function granteeOf({ accounts }: Conversation['needs'], identifier: string): Promise<number | undefined> {
  return identifier.toLowerCase() === 'anyone' ? anyone : (await accounts.named(identifier))?.accountId
}

function nobody(): Reply {
  return no('CANNOT', 'An identifier is the address of an account here, or anyone')
}

// GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208). Each account is one quota root, named by its address, which all its mailboxes belong to.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { findMailbox, isElsewhere } from '#imap/mailboxes.ts'
import { no, ok, type Reply } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { printQuota, printQuotaRoot, type QuotaResource } from '#wire/imap/print-quota.ts'

export async function getQuota(
  conversation: Conversation,
  account: Account,
  { root }: CommandOf<'GETQUOTA'>,
): Promise<Reply> {
  // What others use is nobody's business (RFC 9208 8): theirs is not told apart from none.
  const named = await conversation.needs.accounts.named(root)
  const resources = named?.accountId === account.accountId ? await resourcesOf(conversation, account) : []
  if (resources.length === 0) return no('NONEXISTENT', 'There is no such quota root')
  conversation.output.text(printQuota(account.address, resources, conversation.dialect))
  return ok('Done')
}

/** One's own mailbox need not exist. Those of others have a root that is not shown. */
export async function getQuotaRoot(
  conversation: Conversation,
  account: Account,
  { mailbox }: CommandOf<'GETQUOTAROOT'>,
): Promise<Reply> {
  const { output, dialect } = conversation
  const found = await findMailbox(conversation, account, mailbox)
  const isForeign = isElsewhere(mailbox)
  const refusal = isForeign ? refusalByName('GETQUOTAROOT', found) : undefined
  if (refusal !== undefined) return refusal
  const resources = isForeign ? [] : await resourcesOf(conversation, account)
  const roots = resources.length === 0 ? [] : [account.address]
  output.text(printQuotaRoot(found?.name ?? mailbox, roots, dialect))
  for (const root of roots) output.text(printQuota(root, resources, dialect))
  return ok('Done')
}

/** Nobody is an administrator by IMAP: that is `posthouse quota set`. So QUOTASET is not told either. */
export function setQuota(): Reply {
  return no('NOPERM', 'The administrator of the server sets quotas')
}

/** Without a limit there is no root: Thunderbird cannot read an empty list of resources. */
async function resourcesOf({ needs }: Conversation, { accountId }: Account): Promise<readonly QuotaResource[]> {
  const { usedBytes, limitBytes, messages, limitMessages } = await needs.store.quota(accountId)
  const resources: QuotaResource[] = []
  if (limitBytes !== undefined)
    resources.push({ name: 'STORAGE', used: kibibytes(usedBytes), limit: kibibytes(limitBytes) })
  if (limitMessages !== undefined) resources.push({ name: 'MESSAGE', used: messages, limit: limitMessages })
  return resources
}

function kibibytes(bytes: number): number {
  return Math.ceil(bytes / 1024)
}

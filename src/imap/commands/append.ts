// APPEND (RFC 3501 6.3.11) with APPENDUID (RFC 4315 3). The message lies in the spool already.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { no, ok, type Reply, refused } from '#imap/reply.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

export async function append(
  conversation: Conversation,
  account: Account,
  command: CommandOf<'APPEND'>,
): Promise<Reply> {
  const { messages, problem } = conversation.uploads.collect()
  await using _stack = disposing(messages)
  if (problem !== undefined) return problem
  const [message] = messages
  // RFC 3502 6.3.11: a client takes an APPEND back by an empty literal.
  if (message === undefined || message.sizeBytes === 0) return no('CANNOT', 'An empty message is not kept')
  return await store(conversation, account, { ...command, spooled: message })
}

async function store(
  { needs }: Conversation,
  { accountId }: Account,
  { mailbox: name, message, spooled }: CommandOf<'APPEND'> & { readonly spooled: SpooledMessage },
): Promise<Reply> {
  const mailbox = await needs.store.mailbox(accountId, name)
  if (mailbox === undefined) return refused({ kind: 'no-such-mailbox' }, 'destination')
  const { flags, keywords, internalDate } = message
  const result = await needs.store.append(accountId, mailbox.mailboxId, [
    { message: spooled, flags, keywords: keywords.join(' '), internalDate },
  ])
  if (result.kind !== 'done') return refused(result, 'destination')
  const uids = printUidSet(result.entries.map(({ uid }) => uid))
  return ok('Stored', { code: 'APPENDUID', uidValidity: result.uidValidity, uids })
}

function disposing(messages: readonly AsyncDisposable[]): AsyncDisposableStack {
  const stack = new AsyncDisposableStack()
  for (const message of messages) stack.use(message)
  return stack
}

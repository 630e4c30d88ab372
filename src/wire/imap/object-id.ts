// OBJECTID's ids (RFC 8474 4 and 5): a letter, the account, a number in it. The account is part of them: who sees shared mailboxes sees several.

export interface ObjectId {
  readonly accountId: number
  /** message_id or thread_id of the store. */
  readonly number: number
}

/** EMAILID: the same for every copy of a message. */
export function printEmailId({ accountId, number }: ObjectId): string {
  return `M${accountId}-${number}`
}

/** MAILBOXID: stays with a mailbox that is renamed, and is never given again. Where UIDVALIDITY changes (after a restore, nowhere else) the UIDs
 * stand for other messages: RFC 8474 4 wants another id then. */
export function printMailboxId({
  accountId,
  mailbox,
}: {
  readonly accountId: number
  readonly mailbox: { readonly mailboxId: number; readonly uidValidity: number }
}): string {
  return `F${accountId}-${mailbox.mailboxId}-${mailbox.uidValidity}`
}

export function printThreadId({ accountId, number }: ObjectId): string {
  return `T${accountId}-${number}`
}

/** What an EMAILID (`M`) or THREADID (`T`) names; undefined for an id that none of ours can be. */
export function parseObjectId(letter: 'M' | 'T', text: string): ObjectId | undefined {
  const [whole, accountId, number] = /^[MT](\d{1,16})-(\d{1,16})$/.exec(text) ?? []
  if (whole === undefined || !whole.startsWith(letter)) return undefined
  return { accountId: Number(accountId), number: Number(number) }
}

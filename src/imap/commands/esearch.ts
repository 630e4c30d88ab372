// ESEARCH over several mailboxes (RFC 7377), selected or not: one response for each that has what is looked for, in UIDs.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { type Found, openFound } from '#imap/mailboxes.ts'
import { limitOf, tooManyMessages } from '#imap/message-limit.ts'
import { bad, ok, type Reply } from '#imap/reply.ts'
import { asksModseq, isKept, refusalOf, tagIsKept } from '#imap/search/answer.ts'
import { find } from '#imap/search/find.ts'
import { refuse } from '#imap/search/keep-up-to-date.ts'
import { holdsKey, resultItems, type SearchResult, savedUids } from '#imap/search/search-result.ts'
import { isSelected, searchedMailboxes } from '#imap/search/searched-mailboxes.ts'
import { searchedCount } from '#imap/search/searched-ranges.ts'
import { Selected } from '#imap/selected.ts'
import { printEsearch } from '#wire/imap/print-search.ts'

type Esearch = CommandOf<'ESEARCH'>

export async function esearch(conversation: Conversation, account: Account, command: Esearch): Promise<Reply> {
  const refusal = refusalOf(conversation, command) ?? misplaced(conversation, command)
  if (refusal !== undefined) return refusal
  const { mailboxes, returns, tag } = command
  if (asksModseq(command.key)) conversation.useCondstore()
  if (returns.update) refuse(conversation, tag, 'Only SEARCH and SORT are kept up to date')
  const limit = limitOf(conversation)
  let left = limit
  const searched = await searchedMailboxes(conversation, account, mailboxes)
  // RFC 5182 2.1: the selected mailbox is gone, or may not be read any more. That is nothing found.
  if (returns.save && searched.length === 0) conversation.selected?.searches.forget()
  for (const found of searched) {
    const { selected } = conversation
    if (selected !== undefined && isSelected(conversation, found)) {
      await selected.announceNew(conversation.output)
      left = await searchOne(conversation, selected, found, { command, left })
    } else left = await searchClosed(conversation, account, found, { command, left })
    // A UID, as SEARCH has it behind the limit, would be of no use here.
    if (left < 0) return tooManyMessages(limit)
    // Thousands of small mailboxes are long work too.
    await conversation.breathe()
  }
  return ok('Done')
}

/** What has a meaning in the selected mailbox alone (RFC 7377 2.2). */
function misplaced({ selected }: Conversation, { tag, mailboxes, key, returns }: Esearch): Reply | undefined {
  const isOfSelected = mailboxes.map(({ kind }) => kind === 'selected')
  if (selected === undefined && isOfSelected.includes(true)) return bad('Select a mailbox first, or name others')
  if (selected === undefined && returns.update) return bad('UPDATE is for the selected mailbox')
  // A NOUPDATE of this tag would say that the result is not kept any more.
  if (returns.update && selected !== undefined && isKept(selected, tag)) return bad(tagIsKept)
  if (!isOfSelected.includes(false)) return undefined
  if (returns.save) return bad('SAVE is for the selected mailbox alone')
  // Message numbers count in each mailbox by itself.
  return holdsKey(key, one => one.key === 'saved') ? bad('$ is for the selected mailbox alone') : undefined
}

interface Search {
  readonly command: Esearch
  /** Messages that may still be looked at (RFC 9738). */
  readonly left: number
}

/** As searchOne, in a mailbox that is not selected. */
async function searchClosed(
  conversation: Conversation,
  account: Account,
  found: Found,
  search: Search,
): Promise<number> {
  const view = await openFound(conversation, account, found)
  if (view === undefined) return search.left
  const firstRecent = () => Promise.resolve(found.mailbox.recentFrom)
  using selected = new Selected({ view, readOnly: true, firstRecent, dialect: () => conversation.dialect })
  await selected.look()
  return await searchOne(conversation, selected, found, search)
}

/** How many messages may be looked at after this; below 0 this one was too many, and nothing is said of it. */
async function searchOne(
  conversation: Conversation,
  selected: Selected,
  { name }: Found,
  { command: { tag, key, returns }, left }: Search,
): Promise<number> {
  const leftAfter = left === Number.POSITIVE_INFINITY ? left : left - searchedCount(conversation, selected, key)
  if (leftAfter < 0) return leftAfter
  const found = await find(conversation, selected, key)
  const result: SearchResult = { ...found, selected, uid: true, tellsModseq: asksModseq(key) }
  if (returns.save) selected.searches.saved = savedUids(result, returns)
  const items = resultItems(result, returns)
  // RFC 7377 2.1: a mailbox without a match is never told, whatever is asked for.
  if (result.places.length === 0 || items.length === 0) return leftAfter
  const mailbox = { name, uidValidity: selected.view.uidValidity, dialect: conversation.dialect }
  conversation.output.text(printEsearch({ tag, mailbox, uid: true, items }))
  return leftAfter
}

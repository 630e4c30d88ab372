// LIST (RFC 3501 6.3.8) with CHILDREN (RFC 3348), and the extended one (RFC 5258) with what it returns of STATUS (RFC 5819),
// SPECIAL-USE (RFC 6154), MYRIGHTS (RFC 8440) and METADATA (RFC 9590).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { matchingNames, wholePattern } from '#imap/list/matching-names.ts'
import { type AttributeChoice, byName, missingWord, type NameTree, readNameTree } from '#imap/list/name-tree.ts'
import { returnsTeller } from '#imap/list/returns.ts'
import { type Chosen, chooseNames, criteriaNames, namesThatMeet, parentsOfAll } from '#imap/list/selection.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { delimiter } from '#store/mailbox.ts'
import type { ListOptions, ListSelection } from '#wire/imap/command.ts'
import { printList } from '#wire/imap/print-lines.ts'
import { printChildInfo } from '#wire/imap/print-list.ts'

export async function list(
  conversation: Conversation,
  account: Account,
  { reference, patterns, options }: CommandOf<'LIST'>,
): Promise<Reply> {
  const { dialect, output } = conversation
  // RFC 7162 3.1: who asks for it knows of CONDSTORE.
  if (options?.returns.status?.includes('HIGHESTMODSEQ') === true) conversation.useCondstore()
  if (options === undefined && patterns[0] === '') {
    // Asks for the delimiter alone.
    output.text(printList({ verb: 'LIST', attributes: ['\\Noselect'], delimiter, name: '' }, dialect))
    return ok('That is all')
  }
  const asked = patterns.filter(pattern => pattern !== '').map(pattern => wholePattern(reference, pattern))
  const tree = await readNameTree(conversation, account)
  const chosen = await choose(conversation, tree, { patterns: asked, selection: options?.selection ?? everything })
  await answer(conversation, account, { tree, chosen, options })
  return ok('That is all')
}

const everything: ListSelection = { subscribed: false, specialUse: false, recursive: false }

interface Question {
  readonly patterns: readonly string[]
  readonly selection: ListSelection
}

async function choose(
  conversation: Conversation,
  tree: NameTree,
  { patterns, selection }: Question,
): Promise<readonly Chosen[]> {
  const meeting = namesThatMeet(tree, selection)
  const candidates = new Set([...meeting, ...(selection.recursive ? parentsOfAll(meeting) : [])])
  const matching = await matchingNames(conversation, candidates, patterns)
  const chosen = chooseNames(meeting, matching, selection)
  if (criteriaNames(selection).length > 0) return chosen.toSorted(byName)
  const levels = await matchingNames(conversation, tree.missingParents(), patterns.filter(stopsAtLevel))
  return [...chosen, ...Array.from(levels, name => ({ name, meets: true, childInfo: false }))].sort(byName)
}

/** Such a pattern shows the levels too, made or not (RFC 3501 6.3.8). */
function stopsAtLevel(pattern: string): boolean {
  return pattern.endsWith('%')
}

interface Answer {
  readonly tree: NameTree
  readonly chosen: readonly Chosen[]
  readonly options: ListOptions | undefined
}

async function answer(conversation: Conversation, account: Account, { tree, chosen, options }: Answer): Promise<void> {
  const { dialect, output } = conversation
  const choice = attributeChoice(conversation, options)
  const childInfo = options === undefined ? [] : [printChildInfo(criteriaNames(options.selection))]
  const tellMore = options && returnsTeller(conversation, account, options.returns)
  for (const { name, meets, childInfo: hasChildInfo } of chosen) {
    const extended = hasChildInfo ? childInfo : []
    output.text(
      printList({ verb: 'LIST', attributes: tree.attributes(name, choice), delimiter, name, extended }, dialect),
    )
    const found = tree.mailboxes.get(name)
    // RFC 5819 3: nothing more of a name that only stands for others.
    if (found !== undefined && meets) await tellMore?.(found)
    // STATUS may open each mailbox to count in it.
    if (output.isFull || tellMore !== undefined) await conversation.breathe()
  }
}

/** RFC 3348 lets every plain LIST tell of children; an extended one tells what it was asked for. */
function attributeChoice({ dialect }: Conversation, options: ListOptions | undefined): AttributeChoice {
  return {
    children: options === undefined || options.returns.children,
    subscribed: options !== undefined && (options.returns.subscribed || options.selection.subscribed),
    missing: missingWord(dialect, options !== undefined),
  }
}

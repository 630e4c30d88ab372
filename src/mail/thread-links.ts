// Steps 1 and 2 of THREAD=REFERENCES (RFC 5256 3): each message below the last one it refers to, and the ids of its References below each other.

import { maxThreadedReferences } from './limits.ts'
import type { ThreadedMessage, ThreadNode } from './thread.ts'

interface Link extends ThreadNode {
  parent: Link | undefined
  /** For `topOf`: any node nearer to the root of what hangs together; itself at the root. */
  above: Link
  /** Place of its message among all; those that never come are beyond all. */
  readonly order: number
}

/** The roots: nodes with nothing above them, gaps among them. Yields now and then. */
export function* linkMessages(messages: readonly ThreadedMessage[]): Generator<undefined, ThreadNode[]> {
  const table = new Map<string, Link>()
  const links = messages.map((message, order) => addMessage(table, message, order))
  yield
  const references = limitedReferences(messages)
  // A message's own last reference decides its parent, whatever others said before (step 1.B). These links come first, so that none has to be
  // cut again: what hangs together only grows.
  for (const [order, link] of links.entries()) {
    const parent = references[order]?.at(-1)
    if (parent !== undefined) put(link, nodeOf(table, parent))
    if (order % 512 === 0) yield
  }
  for (const [order, ids] of references.entries()) {
    linkReferences(table, ids, order)
    if (order % 64 === 0) yield
  }
  return [...links, ...gapsOf(table)].filter(link => link.parent === undefined)
}

/** Step 1.A, for what stands before the last reference. */
function linkReferences(table: Map<string, Link>, ids: readonly string[], order: number): void {
  let parent: Link | undefined
  for (const id of ids) {
    const link = nodeOf(table, id)
    // A message that comes later than this one goes by its own References: it would undo the link.
    if (parent !== undefined && link.parent === undefined && !(link.order > order && link.message !== undefined))
      put(link, parent)
    parent = link
  }
}

/** The node of a message: the one of its id, unless an earlier message has the same. */
function addMessage(table: Map<string, Link>, message: ThreadedMessage, order: number): Link {
  const link = newLink(message, order)
  const { messageId } = message
  if (messageId !== undefined && !table.has(messageId)) table.set(messageId, link)
  return link
}

function nodeOf(table: Map<string, Link>, id: string): Link {
  const known = table.get(id)
  if (known !== undefined) return known
  const link = newLink(undefined, Number.POSITIVE_INFINITY)
  table.set(id, link)
  return link
}

function* gapsOf(table: ReadonlyMap<string, Link>): Generator<Link> {
  for (const link of table.values()) if (link.message === undefined) yield link
}

function newLink(message: ThreadedMessage | undefined, order: number): Link {
  const link = { message, children: [], parent: undefined, order } as unknown as Link // `above` follows: it is the link itself
  link.above = link
  return link
}

/** Puts a node without a parent below another one, unless that hangs below it already. */
function put(child: Link, parent: Link): void {
  const top = topOf(parent)
  if (top === child) return
  child.parent = parent
  child.above = top
  parent.children.push(child)
}

/** The node without a parent that all these hang below. Paths are halved on the way: nearly constant time. */
function topOf(link: Link): Link {
  let at = link
  while (at.above !== at) {
    at.above = at.above.above
    at = at.above
  }
  return at
}

/** What each message refers to. All references together are limited; beyond that only the newest of each message count. */
function limitedReferences(messages: readonly ThreadedMessage[]): readonly (readonly string[])[] {
  let left = maxThreadedReferences
  return messages.map(({ references }) => {
    left -= references.length
    return left > 0 ? references : references.slice(-2)
  })
}

// THREAD=REFERENCES (RFC 5256 3): who answers whom by Message-ID and References, then threads of one subject joined. In time nearly linear in the
// references, whatever they say: a link's loop is found by who belongs together, not by walking up a chain.

import { sortedNodes, type ThreadedMessage, type ThreadNode } from './thread.ts'
import { linkMessages } from './thread-links.ts'
import { joinSubjects } from './thread-subjects.ts'

/** The threads of `messages` (in the order of their places), the earliest first. Yields now and then. */
export function* threadByReferences(messages: readonly ThreadedMessage[]): Generator<undefined, ThreadNode[]> {
  const roots = yield* linkMessages(messages)
  const pruned = yield* withoutEmpty(roots)
  const sorted = yield* sortedNodes(pruned)
  const joined = yield* joinSubjects(sorted)
  return yield* sortedNodes(joined)
}

/**
 * Step 3: a gap with nothing under it goes; one with children gives them to its parent; at the root only if it has a single one.
 * Each gap is opened once, by the node that gets what is in it: a chain of gaps is not carried up step by step.
 */
function* withoutEmpty(roots: readonly ThreadNode[]): Generator<undefined, ThreadNode[]> {
  const kept: ThreadNode[] = [...roots]
  let taken = 0
  for (let at = 0; at < kept.length; at += 1) {
    const node = kept[at] as ThreadNode // at < length
    if (node.children.some(isGap)) node.children = [...messagesBelow(node)]
    for (const child of node.children) kept.push(child)
    taken += node.children.length + 1
    if (taken >= 2_048) {
      taken = 0
      yield
    }
  }
  return roots.flatMap(root => (isGap(root) && root.children.length < 2 ? root.children : [root]))
}

/** The messages below a node with nothing but gaps in between, in order. */
function* messagesBelow({ children }: ThreadNode): Generator<ThreadNode> {
  const waiting = children.toReversed()
  for (;;) {
    const node = waiting.pop()
    if (node === undefined) return
    if (!isGap(node)) yield node
    else for (const child of node.children.toReversed()) waiting.push(child)
  }
}

function isGap(node: ThreadNode): boolean {
  return node.message === undefined
}

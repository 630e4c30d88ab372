// Threads by subject: step 5 of THREAD=REFERENCES, and the whole of THREAD=ORDEREDSUBJECT (RFC 5256 3).

import { mergeSort } from '#base/merge-sort.ts'
import { compareNodes, headOf, sortedNodes, type ThreadedMessage, type ThreadNode } from './thread.ts'

/** Joins threads whose base subjects are equal; the order of what comes back is of no account. */
export function* joinSubjects(roots: readonly ThreadNode[]): Generator<undefined, ThreadNode[]> {
  const table = new Map<string, ThreadNode>()
  for (const root of roots) {
    const subject = headOf(root)?.baseSubject ?? ''
    if (subject === '') continue
    const known = table.get(subject)
    if (known === undefined || stands(root, known)) table.set(subject, root)
  }
  yield
  const kept: ThreadNode[] = []
  for (const [index, root] of roots.entries()) {
    const known = table.get(headOf(root)?.baseSubject ?? '')
    if (known === undefined || known === root) kept.push(root)
    else join(known, root)
    if (index % 2_048 === 0) yield
  }
  return kept
}

/** Step 5.B: whether `root` names its subject rather than `known`: a gap does, or the original of replies. */
function stands(root: ThreadNode, known: ThreadNode): boolean {
  if (root.message === undefined) return known.message !== undefined
  return known.message?.isReply === true && !root.message.isReply
}

/** Step 5.C: puts the thread `root` into `known`, which stays the same object: others wait to be joined to it. */
function join(known: ThreadNode, root: ThreadNode): void {
  if (known.message === undefined) {
    if (root.message === undefined) for (const child of root.children) known.children.push(child)
    else known.children.push(root)
  } else if (root.message?.isReply === true && !known.message.isReply) known.children.push(root)
  else {
    // Neither answers the other: a gap over both.
    known.children = [{ message: known.message, children: known.children }, root]
    known.message = undefined
  }
}

/** ORDEREDSUBJECT: messages of one base subject are a thread, the earliest its root, all others its children. */
export function* threadBySubject(messages: readonly ThreadedMessage[]): Generator<undefined, ThreadNode[]> {
  const nodes = messages.map((message): ThreadNode => ({ message, children: [] }))
  const table = new Map<string, ThreadNode>()
  const roots: ThreadNode[] = []
  for (const node of yield* mergeSort(nodes, compareNodes)) {
    const subject = node.message?.baseSubject ?? ''
    const root = table.get(subject)
    if (root !== undefined) root.children.push(node)
    else {
      table.set(subject, node)
      roots.push(node)
    }
  }
  return yield* sortedNodes(roots)
}

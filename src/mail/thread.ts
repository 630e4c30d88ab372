// Threads as data (RFC 5256 3): what the two algorithms read of a message, what they make, and how the result is walked.

import { mergeSort } from '#base/merge-sort.ts'

/** A message of the mailbox, as threading sees it. */
export interface ThreadedMessage {
  /** Its place in the mailbox: decides where dates are equal. */
  readonly place: number
  /** Date field in UTC, or when it came in; milliseconds. */
  readonly sentMs: number
  /** Without angle brackets; undefined if there is none. */
  readonly messageId: string | undefined
  /** Oldest first. */
  readonly references: readonly string[]
  /** Mapped by the collation: equal subjects are equal strings. */
  readonly baseSubject: string
  /** Its subject says Re: or Fwd:. */
  readonly isReply: boolean
}

/** A message, or a gap where one should be, with what answers it. */
export interface ThreadNode {
  /** Undefined: a message that is not here, but holds others together. */
  message: ThreadedMessage | undefined
  children: ThreadNode[]
}

/** The message that a node is sorted and named by: its own, or its first child's. A gap's children are messages. */
export function headOf(node: ThreadNode): ThreadedMessage | undefined {
  return node.message ?? node.children[0]?.message
}

export function compareNodes(a: ThreadNode, b: ThreadNode): number {
  const left = headOf(a)
  const right = headOf(b)
  if (left === undefined || right === undefined) return 0
  return left.sentMs - right.sentMs || left.place - right.place
}

/** Every node under `roots`, each before its children. Threads may be as deep as there are messages: no recursion. */
export function* everyNode(roots: readonly ThreadNode[]): Generator<ThreadNode> {
  const waiting = roots.toReversed()
  for (;;) {
    const node = waiting.pop()
    if (node === undefined) return
    yield node
    for (const child of node.children.toReversed()) waiting.push(child)
  }
}

/** Sorts `nodes` and what is below them by date. */
export function* sortedNodes(nodes: readonly ThreadNode[]): Generator<undefined, ThreadNode[]> {
  // The deepest first: a gap's date is its first child's.
  const all = [...everyNode(nodes)]
  for (let at = all.length - 1; at >= 0; at -= 1) {
    const node = all[at]
    if (node !== undefined && node.children.length > 1) node.children = yield* mergeSort(node.children, compareNodes)
    if (at % 2_048 === 0) yield
  }
  return yield* mergeSort(nodes, compareNodes)
}

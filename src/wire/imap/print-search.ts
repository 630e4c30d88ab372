// What the searching commands answer: SEARCH with MODSEQ, ESEARCH (RFC 4731 3.1, 7377 3), SORT and THREAD (RFC 5256 4), UIDBATCHES (RFC 10022).

import type { Dialect } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'
import { printString } from './print.ts'
import { printUidSet } from './sequence-set.ts'

export interface EsearchResponse {
  readonly tag: string
  /** Set in the answer to ESEARCH. */
  readonly mailbox?: { readonly name: string; readonly uidValidity: number; readonly dialect: Dialect } | undefined
  /** The numbers are UIDs. */
  readonly uid: boolean
  /** As in `COUNT 7`. */
  readonly items: readonly string[]
}

export function printEsearch({ tag, mailbox, uid, items }: EsearchResponse): string {
  const where =
    mailbox === undefined
      ? ''
      : ` MAILBOX ${printMailbox(mailbox.name, mailbox.dialect)} UIDVALIDITY ${mailbox.uidValidity}`
  return `* ESEARCH (TAG ${printString(tag)}${where})${[uid ? ' UID' : '', ...items.map(item => ` ${item}`)].join('')}\r\n`
}

/** `* SEARCH 2 5 (MODSEQ 917162488)` (RFC 7162 3.1.5); nothing found has no MODSEQ. */
export function printSearchModseq(numbers: readonly number[], modseq: number): string {
  return numbers.length === 0 ? '* SEARCH\r\n' : `* SEARCH ${numbers.join(' ')} (MODSEQ ${modseq})\r\n`
}

/** In their order. */
export function printSort(numbers: readonly number[], modseq?: number): string {
  const told = modseq === undefined || numbers.length === 0 ? '' : ` (MODSEQ ${modseq})`
  return `* SORT${numbers.map(number => ` ${number}`).join('')}${told}\r\n`
}

/** `batches` from the newest on; each is told from its highest UID down. */
export function printUidBatches(
  tag: string,
  batches: readonly { readonly high: number; readonly low: number }[],
): string {
  const ranges = batches.map(({ high, low }) => `${high}:${low}`).join(',')
  return `* UIDBATCHES (TAG ${printString(tag)})${ranges === '' ? '' : ` ${ranges}`}\r\n`
}

/** `ADDTO (1 2733 0 4:9)` (RFC 5267 4.3.3): pairs of a place in the result, 0 for one without order, and numbers. */
export function printContextChange(
  kind: 'ADDTO' | 'REMOVEFROM',
  pairs: readonly { readonly position: number; readonly numbers: readonly number[] }[],
): string {
  return `${kind} (${pairs.map(({ position, numbers }) => `${position} ${printUidSet(numbers)}`).join(' ')})`
}

/** A node of a thread: its number, undefined for a message that is not there, and what hangs below it. */
export interface PrintedThread {
  readonly number: number | undefined
  readonly children: readonly PrintedThread[]
}

/** `* THREAD (2)(3 6 (4 23)(44 7 96))`. Threads may be as deep as there are messages: no recursion. */
export function printThread(threads: readonly PrintedThread[]): string {
  const pieces: string[] = []
  // What is left to print, the next one last.
  const waiting: (PrintedThread | string)[] = []
  waitInParentheses(waiting, threads)
  for (;;) {
    const next = waiting.pop()
    if (next === undefined) break
    if (typeof next === 'string') pieces.push(next)
    else printNode(next, pieces, waiting)
  }
  return pieces.length === 0 ? '* THREAD\r\n' : `* THREAD ${pieces.join('')}\r\n`
}

function printNode({ number, children }: PrintedThread, pieces: string[], waiting: (PrintedThread | string)[]): void {
  if (number !== undefined) pieces.push(String(number))
  const [only] = children
  if (only === undefined) return
  if (number !== undefined) pieces.push(' ')
  if (children.length === 1) waiting.push(only)
  else waitInParentheses(waiting, children)
}

function waitInParentheses(waiting: (PrintedThread | string)[], nodes: readonly PrintedThread[]): void {
  for (const node of nodes.toReversed()) waiting.push(')', node, '(')
}

// How commands print data: JSON objects, one a line, or a table for the eye.

import type { Outcome } from '#accounts/refusal.ts'
import type { Page } from '#control/page.ts'
import type { Call } from './command.ts'
import { valueFrom } from './outcome.ts'
import { columns } from './table.ts'

/** One thing: its JSON, or its lines. */
export function printOne(call: Call, value: unknown, lines: readonly string[]): void {
  if (call.options.flag('json')) call.terminal.out(JSON.stringify(value))
  else for (const line of lines) call.terminal.out(line)
}

export interface Table<T> {
  readonly head: readonly string[]
  readonly row: (item: T) => readonly string[]
  /** Columns, from 0, that stand to the right: numbers. */
  readonly right?: readonly number[]
}

/** A whole list, a page at a time: `ask` gets what follows `after`. An empty list prints nothing to stdout. */
export async function printList<T>(
  call: Call,
  ask: (page: { readonly after?: string }) => Promise<Outcome<Page<T>>>,
  table: Table<T>,
): Promise<void> {
  let after: string | undefined
  do {
    const page = valueFrom(await ask(after === undefined ? {} : { after }))
    printPage(call, table, page.items, after === undefined)
    after = page.next
  } while (after !== undefined)
}

function printPage<T>(call: Call, table: Table<T>, items: readonly T[], first: boolean): void {
  if (call.options.flag('json')) {
    for (const item of items) call.terminal.out(JSON.stringify(item))
    return
  }
  if (first && items.length === 0) {
    call.terminal.err('none')
    return
  }
  const rows = items.map(table.row)
  for (const line of columns(first ? [table.head, ...rows] : rows, table.right ?? [])) call.terminal.out(line)
}

/** Milliseconds since 1970 as a day, UTC. */
export function printDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Milliseconds since 1970 as a minute, UTC: `2026-11-23 06:55Z`. */
export function printMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

/** How long, in the largest unit that says it exactly: `5 min`, `4 h`, `5 d`. */
export function printSpan(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const
  const [name, length] = units.find(([, length]) => ms >= length && ms % length === 0) ?? ['ms', 1]
  return `${ms / length} ${name}`
}

/** The sender of an envelope: a report has none. */
export function printSender(sender: string): string {
  return sender === '' ? '<>' : sender
}

/** `1 account`, `2 accounts`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

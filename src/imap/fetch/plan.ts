// What a FETCH needs of each message: some items stand in the session's columns, others need the message's octets.

import type { FetchItem } from '#wire/imap/command.ts'

export type SectionItem = Extract<FetchItem, { readonly kind: 'section' }>

export interface FetchPlan {
  /** Each once, in the client's order; UID first if a UID command implies it. */
  readonly items: readonly FetchItem[]
  /** Whether the columns are not enough. */
  readonly readsMessages: boolean
  /** Whether the whole structure is read anyway: the envelope stands in it too. */
  readonly readsStructure: boolean
  /** Whether it makes messages \Seen (RFC 3501 6.4.5): a body without PEEK. */
  readonly setsSeen: boolean
}

export function planFetch(asked: readonly FetchItem[], uid: boolean): FetchPlan {
  const items: FetchItem[] = []
  // RFC 3501 6.4.8: always told, asked for or not.
  if (uid && !asked.some(({ kind }) => kind === 'uid')) items.push({ kind: 'uid' })
  const kinds = new Set<string>()
  for (const item of asked) {
    if (item.kind !== 'section' && kinds.has(item.kind)) continue
    kinds.add(item.kind)
    items.push(item)
  }
  return {
    items,
    readsMessages: items.some(needsOctets),
    readsStructure: items.some(({ kind }) => kind === 'body' || kind === 'bodystructure'),
    setsSeen: items.some(setsSeen),
  }
}

function needsOctets({ kind }: FetchItem): boolean {
  return kind === 'section' || kind === 'envelope' || kind === 'body' || kind === 'bodystructure'
}

function setsSeen(item: FetchItem): boolean {
  return item.kind === 'section' && !item.peek
}

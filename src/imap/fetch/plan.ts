// What a FETCH needs of each message: some items stand in the session's columns, others need the message's octets.

import type { FetchItem } from '#wire/imap/command.ts'
import { type Dialect, newsHasUid } from '#wire/imap/dialect.ts'

export type SectionItem = Extract<FetchItem, { readonly kind: 'section' }>
export type BinaryItem = Extract<FetchItem, { readonly kind: 'binary' }>

export interface FetchPlan {
  /** Each once, in the client's order; what the command implies comes first. */
  readonly items: readonly FetchItem[]
  /** Whether the columns are not enough. */
  readonly readsMessages: boolean
  /** Whether the whole structure is read anyway. */
  readonly readsStructure: boolean
  /** Whether it reads them for nothing but what can be remembered in print. */
  readonly isPrintable: boolean
  /** Whether it makes messages \Seen (RFC 3501 6.4.5): a body without PEEK. */
  readonly setsSeen: boolean
}

export interface PlanOptions {
  /** UID FETCH. */
  readonly uid: boolean
  readonly changedSince: number | undefined
  readonly dialect: Dialect
}

export function planFetch(asked: readonly FetchItem[], options: PlanOptions): FetchPlan {
  const items: FetchItem[] = []
  const kinds = new Set<string>()
  for (const item of [...implied(asked, options), ...asked]) {
    if (item.kind !== 'section' && item.kind !== 'binary' && item.kind !== 'binary.size') {
      if (kinds.has(item.kind)) continue
      kinds.add(item.kind)
    }
    items.push(item)
  }
  const read = items.filter(needsOctets)
  const isPrintable = read.every(({ kind }) => kind === 'envelope' || kind === 'bodystructure')
  const readsStructure = read.some(({ kind }) => kind === 'body' || kind === 'bodystructure')
  return { items, readsMessages: read.length > 0, readsStructure, isPrintable, setsSeen: items.some(setsSeen) }
}

/** Told, asked for or not; what is asked for keeps its place. */
function* implied(asked: readonly FetchItem[], { uid, changedSince, dialect }: PlanOptions): Generator<FetchItem> {
  const isAsked = (kind: FetchItem['kind']) => asked.some(item => item.kind === kind)
  // RFC 3501 6.4.8; where flags may be told unasked as with them; a UIDFETCH response begins with it (RFC 9586 3.1).
  const tellsUid = uid || (newsHasUid(dialect) && asked.some(setsSeen))
  if (tellsUid && !dialect.uidOnly && !isAsked('uid')) yield { kind: 'uid' }
  // RFC 7162 3.1.4.1.
  if (changedSince !== undefined && !isAsked('modseq')) yield { kind: 'modseq' }
}

const ofColumns: ReadonlySet<FetchItem['kind']> = new Set([
  'flags',
  'uid',
  'internaldate',
  'rfc822.size',
  'modseq',
  'emailid',
  'threadid',
  'savedate',
] as const)

function needsOctets({ kind }: FetchItem): boolean {
  return !ofColumns.has(kind)
}

function setsSeen(item: FetchItem): boolean {
  return (item.kind === 'section' || item.kind === 'binary') && !item.peek
}

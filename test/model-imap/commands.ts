// The commands of the model on a selected mailbox: what each does to the world, and what its server owes the client for it.

import type { Client } from './client.ts'
import type { Expected, Item } from './expected.ts'
import { type NumberSet, numbersIn, printNumberSet, uidsIn } from './number-set.ts'
import { printSet } from './response.ts'
import type { Selection } from './selection.ts'
import { type Box, edited, type FlagEdit, type Message, uidsOf, type World } from './world.ts'

/** A command as it is sent, without its tag, and what it means once its turn has come. */
export interface Planned {
  readonly text: string
  begin(client: Client, world: World): Expected
  /** Mailboxes come, go or change their names: nothing is pipelined with it. */
  readonly isAlone?: boolean
}

export const nothing = () => ''

export interface Targets {
  readonly uid: boolean
  readonly set: NumberSet
}

const uidRequired: Expected = { status: 'BAD', code: () => 'UIDREQUIRED' }
const beyond: Expected = { status: 'BAD', code: nothing }

function verb(name: string, { uid }: Targets): string {
  return uid ? `UID ${name}` : name
}

function selected({ selection }: Client): Selection {
  if (selection === undefined) throw new Error('nothing is selected')
  return selection
}

/** The UIDs that a set names for the client: of the mailbox as it is by UID, as the client knows it by number; undefined: beyond the last. */
function named({ view, box }: Selection, { uid, set }: Targets): readonly number[] | undefined {
  if (uid) return uidsIn(set, uidsOf(box))
  return numbersIn(set, view.length)?.map(number => view[number - 1] ?? 0)
}

export interface FetchWish extends Targets {
  readonly items: readonly string[]
  readonly changedSince?: number | undefined
  readonly vanished?: boolean
}

export function fetch(wish: FetchWish): Planned {
  const { set, items, changedSince, vanished = false } = wish
  const modifier = changedSince === undefined ? '' : ` (CHANGEDSINCE ${changedSince}${vanished ? ' VANISHED' : ''})`
  return {
    text: `${verb('FETCH', wish)} ${printNumberSet(set)} (${items.join(' ')})${modifier}`,
    begin: (client, world) => beginFetch(client, world, wish),
  }
}

function beginFetch(client: Client, world: World, wish: FetchWish): Expected {
  const holds = !wish.uid
  if (holds && client.manners.uidOnly) return { ...uidRequired, holds }
  const codes = usesModseq(wish) ? beCondstore(client) : []
  const selection = selected(client)
  const uids = named(selection, wish)
  if (uids === undefined) return { ...beyond, holds, codes }
  const isThere = (uid: number) => selection.view.includes(uid) && selection.box.messages.has(uid)
  if (wish.items.includes('BODY[]') && !selection.readOnly)
    world.setFlags(selection.box, uids.filter(isThere), { action: '+', flags: ['\\Seen'] })
  const since = wish.changedSince ?? 0
  const wanted = uids.filter(uid => isThere(uid) && (selection.box.messages.get(uid)?.modseq ?? 0) > since)
  // Those that were announced by it, those that are gone and not announced.
  const mayTell = new Set([...uids, ...uidsIn(wish.set, selection.view)])
  const items = itemsOf(wish)
  const asked = new Map(wanted.map(uid => [uid, items]))
  const earlier = wish.vanished === true ? earlierOf(selection, wish, since) : {}
  return { status: 'OK', code: nothing, holds, codes, asked, mayTell, ...earlier }
}

function earlierOf({ box, view }: Selection, { set }: FetchWish, since: number): Pick<Expected, 'earlier'> {
  const left = [...box.tombstones].filter(([uid, modseq]) => modseq > since && !view.includes(uid))
  const wanted = new Set(
    uidsIn(
      set,
      left.map(([uid]) => uid).sort((a, b) => a - b),
    ),
  )
  return { earlier: { wanted, allowed: wanted } }
}

function usesModseq({ items, changedSince }: FetchWish): boolean {
  return changedSince !== undefined || items.includes('MODSEQ')
}

function itemsOf(wish: FetchWish): readonly Item[] {
  const names: Record<string, Item> = {
    UID: 'uid',
    FLAGS: 'flags',
    MODSEQ: 'modseq',
    'BODY[]': 'body',
    'BODY.PEEK[]': 'body',
  }
  const items = wish.items.flatMap(item => names[item] ?? [])
  return [
    ...items,
    ...(wish.uid ? ['uid' as const] : []),
    ...(wish.changedSince === undefined ? [] : ['modseq' as const]),
  ]
}

/** The codes that this brings (RFC 7162 3.1). */
export function beCondstore(client: Client): readonly RegExp[] {
  if (client.condstore) return []
  client.condstore = true
  // What it was told before it needed no MODSEQ.
  client.selection?.staleModseq.clear()
  return client.selection === undefined ? [] : [/^HIGHESTMODSEQ \d+$/]
}

export interface StoreWish extends Targets {
  readonly edit: FlagEdit
  readonly silent: boolean
  readonly unchangedSince?: number | undefined
}

export function store(wish: StoreWish): Planned {
  const { set, edit, silent, unchangedSince } = wish
  const modifier = unchangedSince === undefined ? '' : ` (UNCHANGEDSINCE ${unchangedSince})`
  const item = `${edit.action}FLAGS${silent ? '.SILENT' : ''} (${edit.flags.join(' ')})`
  return {
    text: `${verb('STORE', wish)} ${printNumberSet(set)}${modifier} ${item}`,
    begin: (client, world) => beginStore(client, world, wish),
  }
}

function beginStore(client: Client, world: World, wish: StoreWish): Expected {
  const holds = !wish.uid
  if (holds && client.manners.uidOnly) return { ...uidRequired, holds }
  const selection = selected(client)
  if (selection.readOnly) return { status: 'NO', code: () => 'READ-ONLY', holds }
  const codes = wish.unchangedSince === undefined ? [] : beCondstore(client)
  const uids = named(selection, wish)
  if (uids === undefined) return { ...beyond, holds, codes }
  const { box, view, staleFlags } = selection
  const wasStale = new Set(staleFlags)
  const spared = world.setFlags(box, uids, wish.edit, wish.unchangedSince)
  const known = uids.filter(uid => view.includes(uid) && box.messages.has(uid))
  const told = known.filter(uid => !spared.includes(uid))
  const items: Item[] = [
    'flags',
    ...(wish.uid || client.newsHasUid ? ['uid' as const] : []),
    ...(client.condstore ? ['modseq' as const] : []),
  ]
  // Of what is spared it says at once how it is.
  const asked = new Map((wish.silent ? known.filter(uid => spared.includes(uid)) : known).map(uid => [uid, items]))
  if (wish.silent) for (const uid of told) if (!wasStale.has(uid)) trustsItself(selection, uid, wish.edit)
  const answer = { holds, codes, asked, mayTell: new Set(uids) }
  const someGone = uids.some(uid => !box.messages.has(uid)) && !wish.uid && !wish.silent
  if (spared.length > 0) {
    const numbers = wish.uid ? spared : spared.map(uid => view.indexOf(uid) + 1).sort((a, b) => a - b)
    return { status: someGone ? 'NO' : 'OK', code: () => `MODIFIED ${printSet(numbers)}`, ...answer }
  }
  if (someGone) return { status: 'NO', code: () => 'EXPUNGEISSUED', ...answer }
  return { status: 'OK', code: nothing, ...answer }
}

/** Of a silent STORE the client knows the outcome, if it knew the flags before. */
function trustsItself({ staleFlags, known }: Selection, uid: number, edit: FlagEdit): void {
  staleFlags.delete(uid)
  const flags = known.get(uid)
  if (flags !== undefined) known.set(uid, edited({ flags }, edit))
}

export interface TransferWish extends Targets {
  readonly to: string
  readonly moves: boolean
}

export function transfer(wish: TransferWish): Planned {
  return {
    text: `${verb(wish.moves ? 'MOVE' : 'COPY', wish)} ${printNumberSet(wish.set)} ${wish.to}`,
    begin: (client, world) => beginTransfer(client, world, wish),
  }
}

function beginTransfer(client: Client, world: World, wish: TransferWish): Expected {
  if (!wish.uid && client.manners.uidOnly) return uidRequired
  const selection = selected(client)
  if (wish.moves && selection.readOnly) return { status: 'NO', code: () => 'READ-ONLY' }
  const uids = named(selection, wish)
  if (uids === undefined) return beyond
  const { box } = selection
  if (uids.some(uid => !box.messages.has(uid))) return { status: 'NO', code: () => 'EXPUNGEISSUED' }
  const to = world.boxes.get(wish.to)
  if (to === undefined) return { status: 'NO', code: () => 'TRYCREATE' }
  const done = world.transfer(box, to, uids, wish.moves)
  if (done.from.length === 0) return { status: 'OK', code: nothing }
  const code = `COPYUID ${to.uidValidity} ${printSet(done.from)} ${printSet(done.to)}`
  if (!wish.moves) return { status: 'OK', code: () => code }
  return { status: 'OK', code: toldModseq(client, box), codes: [code] }
}

/** RFC 7162 3.2.7, 3.2.8. */
function toldModseq({ manners }: Client, box: Box): () => string {
  return manners.qresync ? () => `HIGHESTMODSEQ ${box.highestModseq}` : nothing
}

export function expunge(set: NumberSet | undefined): Planned {
  return {
    text: set === undefined ? 'EXPUNGE' : `UID EXPUNGE ${printNumberSet(set)}`,
    begin(client, world) {
      const { box, readOnly } = selected(client)
      if (readOnly) return { status: 'NO', code: () => 'READ-ONLY' }
      const uids = set === undefined ? uidsOf(box) : uidsIn(set, uidsOf(box))
      const gone = world.expunge(
        box,
        uids.filter(uid => box.messages.get(uid)?.flags.has('\\Deleted')),
      )
      return { status: 'OK', code: gone.length === 0 ? nothing : toldModseq(client, box) }
    },
  }
}

export interface SearchKey {
  readonly text: string
  fits(message: Message): boolean
  /** The answer tells a MODSEQ. */
  readonly usesModseq?: boolean
  /** No EXPUNGE with it, even by UID (RFC 7162 3.2.10.2). */
  readonly namesNumbers?: boolean
}

/** `returns`: of COUNT, MIN, MAX, ALL (RFC 4731); undefined: the plain form. */
export function search(uid: boolean, key: SearchKey, returns?: readonly string[]): Planned {
  return {
    text: `${uid ? 'UID ' : ''}SEARCH ${returns === undefined ? '' : `RETURN (${returns.join(' ')}) `}${key.text}`,
    begin(client) {
      const holds = !uid || key.namesNumbers === true
      if (holds && client.manners.uidOnly) return { ...uidRequired, holds }
      const codes = key.usesModseq === true ? beCondstore(client) : []
      const { box, view } = selected(client)
      const found = [...box.messages.values()].filter(message => key.fits(message)).map(message => message.uid)
      const isKnown = (uid: number) => view.includes(uid)
      // What is gone and not announced may be found or not, and so may what is new.
      const optional = new Set([...view.filter(uid => !box.messages.has(uid)), ...found.filter(uid => !isKnown(uid))])
      return {
        status: 'OK',
        code: nothing,
        holds,
        codes,
        search: { byUid: uid, wanted: found.filter(isKnown), optional, returns, tellsModseq: key.usesModseq === true },
      }
    },
  }
}

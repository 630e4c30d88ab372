// The commands of the model that name a mailbox, and those that name nothing: what each does to the world, and what its server owes for it.

import type { Client } from './client.ts'
import { beCondstore, nothing, type Planned } from './commands.ts'
import type { Expected } from './expected.ts'
import { type NumberSet, printNumberSet, uidsIn } from './number-set.ts'
import { printSet } from './response.ts'
import type { Selection } from './selection.ts'
import { type Box, uidsOf, type World } from './world.ts'

const mailboxId = /^MAILBOXID \(\S+\)$/
const ok: Expected = { status: 'OK', code: nothing }
const missing: Expected = { status: 'NO', code: () => 'NONEXISTENT' }

/** NOOP, CHECK, CLOSE, UNSELECT: no arguments. */
export function plain(name: 'NOOP' | 'CHECK' | 'CLOSE' | 'UNSELECT'): Planned {
  return {
    text: name,
    begin(client, world) {
      const { selection } = client
      if (name === 'CLOSE' && selection !== undefined && !selection.readOnly) removeDeleted(world, selection.box)
      if (name === 'CLOSE' || name === 'UNSELECT') client.selection = undefined
      return ok
    },
  }
}

function removeDeleted(world: World, box: Box): void {
  if (box.gone) return
  world.expunge(
    box,
    uidsOf(box).filter(uid => box.messages.get(uid)?.flags.has('\\Deleted')),
  )
}

export function append(name: string, flags: readonly string[], text: string): Planned {
  return {
    text: `APPEND ${name} (${flags.join(' ')}) {${text.length}+}\r\n${text}`,
    begin(_, world) {
      const box = world.boxes.get(name)
      if (box === undefined) return { status: 'NO', code: () => 'TRYCREATE', isRefusedEarly: true }
      const uids = world.add(box, [{ text, flags }])
      return { status: 'OK', code: () => `APPENDUID ${box.uidValidity} ${printSet(uids)}` }
    },
  }
}

export function create(name: string): Planned {
  return {
    text: `CREATE ${name}`,
    isAlone: true,
    begin: (_, world) => {
      if (world.boxes.has(name)) return { status: 'NO', code: () => 'ALREADYEXISTS' }
      // RFC 8474 4.1.
      return { status: 'OK', code: () => mailboxId }
    },
  }
}

export function remove(name: string): Planned {
  return {
    text: `DELETE ${name}`,
    isAlone: true,
    begin(_, world) {
      const box = world.boxes.get(name)
      if (box === undefined) return missing
      world.remove(box)
      return ok
    },
  }
}

export function rename(from: string, to: string): Planned {
  return {
    text: `RENAME ${from} ${to}`,
    isAlone: true,
    begin(_, world) {
      const box = world.boxes.get(from)
      if (box === undefined) return missing
      if (world.boxes.has(to)) return { status: 'NO', code: () => 'ALREADYEXISTS' }
      world.rename(box, to)
      return ok
    },
  }
}

export function status(name: string, items: readonly string[]): Planned {
  return {
    text: `STATUS ${name} (${items.join(' ')})`,
    begin(client, world) {
      const codes = items.includes('HIGHESTMODSEQ') ? beCondstore(client) : []
      const box = world.boxes.get(name)
      if (box === undefined) return { ...missing, codes }
      return { ...ok, codes, values: new Map(items.map(item => [item, `${statusOf(box, item)}`])) }
    },
  }
}

function statusOf(box: Box, item: string): number {
  const messages = [...box.messages.values()]
  switch (item) {
    case 'MESSAGES':
      return messages.length
    case 'UIDNEXT':
      return box.uidNext
    case 'UIDVALIDITY':
      return box.uidValidity
    case 'UNSEEN':
      return messages.filter(({ flags }) => !flags.has('\\Seen')).length
    case 'HIGHESTMODSEQ':
      return box.highestModseq
    case 'RECENT':
      return messages.filter(({ uid }) => uid >= box.recentFrom).length
    default:
      throw new Error(`no such item: ${item}`)
  }
}

/** What a client that comes back remembers of a mailbox (RFC 7162 3.2.5). */
export interface Memory {
  readonly name: string
  readonly uidValidity: number
  readonly modseq: number
  readonly known: ReadonlyMap<number, ReadonlySet<string>>
  /** The UIDs that it names; undefined: none. */
  readonly uids: NumberSet | undefined
  /** Whether it names some of its numbers and UIDs besides. */
  readonly match: { readonly numbers: readonly number[]; readonly uids: readonly number[] } | undefined
}

export interface SelectWish {
  readonly name: string
  readonly readOnly: boolean
  readonly condstore?: boolean
  readonly memory?: Memory | undefined
}

export function select(wish: SelectWish): Planned {
  return {
    text: `${wish.readOnly ? 'EXAMINE' : 'SELECT'} ${wish.name}${parameters(wish)}`,
    begin: (client, world) => beginSelect(client, world, wish),
  }
}

function parameters({ condstore, memory }: SelectWish): string {
  if (memory === undefined) return condstore === true ? ' (CONDSTORE)' : ''
  const { uidValidity, modseq, uids, match } = memory
  const known = uids === undefined ? '' : ` ${printNumberSet(uids)}`
  const pairs = match === undefined ? '' : ` (${printSet(match.numbers)} ${printSet(match.uids)})`
  return ` (QRESYNC (${uidValidity} ${modseq}${known}${pairs}))`
}

function beginSelect(client: Client, world: World, wish: SelectWish): Expected {
  // RFC 9586 3.4: no numbers there either.
  if (wish.memory?.match !== undefined && client.manners.uidOnly) return { status: 'BAD', code: () => 'UIDREQUIRED' }
  const codes: (string | RegExp)[] = client.selection === undefined ? [] : ['CLOSED']
  client.selection = undefined
  if (wish.condstore === true) client.condstore = true
  const box = world.boxes.get(wish.name)
  if (box === undefined) return { ...missing, codes }
  const remembers = wish.memory?.uidValidity === box.uidValidity
  const selection = client.open(box, wish.readOnly, remembers ? new Map(wish.memory?.known) : undefined)
  const { rev2, uidOnly } = client.manners
  const unseen = uidsOf(box).findIndex(uid => !box.messages.get(uid)?.flags.has('\\Seen')) + 1
  if (unseen > 0 && !rev2 && !uidOnly) codes.push(`UNSEEN ${unseen}`)
  codes.push(`UIDVALIDITY ${box.uidValidity}`, `UIDNEXT ${box.uidNext}`, `HIGHESTMODSEQ ${box.highestModseq}`)
  codes.push(mailboxId)
  const opening = { codes, opens: true, others: rev2 ? ['LIST'] : [] }
  selection.safeModseq = box.highestModseq
  const answer = { status: 'OK', code: () => (wish.readOnly ? 'READ-ONLY' : 'READ-WRITE'), ...opening } as const
  return remembers && wish.memory !== undefined ? { ...answer, ...catchUp(selection, wish.memory) } : answer
}

/** VANISHED (EARLIER), and the flags of what changed since. */
function catchUp({ box }: Selection, memory: Memory): Partial<Expected> {
  const isMeant = (uids: readonly number[]) => (memory.uids === undefined ? uids : uidsIn(memory.uids, uids))
  const left = [...box.tombstones].filter(([, modseq]) => modseq > memory.modseq).map(([uid]) => uid)
  const allowed = new Set(isMeant(left.sort((a, b) => a - b)))
  // With the numbers it named the server knows that some of them are gone for the client already.
  const wanted = memory.match === undefined ? allowed : new Set([...allowed].filter(uid => memory.known.has(uid)))
  const changed = isMeant(uidsOf(box)).filter(uid => (box.messages.get(uid)?.modseq ?? 0) > memory.modseq)
  return { earlier: { wanted, allowed }, asked: new Map(changed.map(uid => [uid, ['uid', 'flags', 'modseq']])) }
}

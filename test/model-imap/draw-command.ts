// Draws what a client does next.

import type { Draws } from '../fuzz/draws.ts'
import type { Client } from './client.ts'
import { expunge, fetch, type Planned, type SearchKey, search, store, transfer } from './commands.ts'
import { append, create, plain, remove, rename, select, status } from './mailbox-commands.ts'
import { drawSet, type NumberSet } from './number-set.ts'
import type { Selection } from './selection.ts'
import { uidsOf, type World } from './world.ts'

const names = ['INBOX', 'INBOX', 'a', 'b', 'c']
const flags = ['\\Seen', '\\Deleted', '\\Deleted', '\\Flagged', '\\Answered', 'tea', 'milk']
/** Above this many messages fewer come and more go. */
const crowded = 10

export function drawCommand(draws: Draws, client: Client, world: World): Planned {
  const { selection } = client
  if (selection === undefined) return draws.oneIn(4) ? drawElsewhere(draws, client, world) : drawSelect(draws)
  if (selection.box.gone && draws.oneIn(2)) return drawSelect(draws)
  if (draws.oneIn(6)) return drawElsewhere(draws, client, world)
  if (draws.oneIn(25)) return draws.oneIn(3) ? plain(draws.pick(['CLOSE', 'UNSELECT'])) : drawSelect(draws)
  return drawSelected(draws, client, world)
}

export function drawText(draws: Draws): string {
  return `Subject: message ${draws.below(1_000)}\r\n\r\n${'text '.repeat(draws.below(4))}\r\n`
}

/** What depends on the mailboxes alone, not on what the client was told of them: by UID, on messages that are there. */
export function drawByUid(draws: Draws, { selection }: Client, world: World): readonly Planned[] {
  if (selection === undefined) throw new Error('nothing is selected')
  const uids = uidsOf(selection.box)
  const targets = { uid: true, set: drawSet(draws, uids, false) }
  const name = draws.pick(['INBOX', 'a', 'b'])
  const isCrowded = (world.boxes.get(name)?.messages.size ?? 0) > crowded
  const kind = draws.below(10)
  if (kind < 3 || uids.length === 0)
    return [isCrowded ? plain('NOOP') : append(name, drawFlags(draws), drawText(draws))]
  if (kind < 6) {
    const edit = { action: draws.pick(['+', '-', ''] as const), flags: drawFlags(draws) }
    const unchangedSince = draws.oneIn(3) ? drawModseq(draws, selection) : undefined
    return [store({ ...targets, edit, silent: draws.oneIn(3), unchangedSince })]
  }
  if (kind < 7) return [expunge(targets.set)]
  if (kind < 8) return [transfer({ ...targets, to: name, moves: isCrowded || draws.oneIn(2) })]
  const uid = draws.pick(uids)
  return [plain('NOOP'), fetch({ uid: true, set: [{ from: uid, to: uid }], items: ['BODY[]'] })]
}

function drawSelect(draws: Draws): Planned {
  return select({ name: draws.pick(names), readOnly: draws.oneIn(5), condstore: draws.oneIn(20) })
}

function drawElsewhere(draws: Draws, client: Client, world: World): Planned {
  const name = draws.pick(names)
  const kind = draws.below(12)
  if (kind < 6) {
    const isCrowded = (world.boxes.get(name)?.messages.size ?? 0) > crowded
    return isCrowded ? plain('NOOP') : append(name, drawFlags(draws), drawText(draws))
  }
  if (kind < 10) return status(name, drawStatusItems(draws, client))
  if (kind === 10 || !draws.oneIn(3)) return create(draws.pick(['b', 'c']))
  return draws.oneIn(2) ? remove(draws.pick(['b', 'c'])) : rename('b', 'c')
}

function drawStatusItems(draws: Draws, { manners, condstore }: Client): string[] {
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN', ...(manners.rev2 ? [] : ['RECENT'])]
  return [
    ...items.filter(() => draws.oneIn(2)),
    'MESSAGES',
    ...(condstore || draws.oneIn(50) ? ['HIGHESTMODSEQ'] : []),
  ].filter((item, index, all) => all.indexOf(item) === index)
}

function drawFlags(draws: Draws): string[] {
  return [...new Set(Array.from({ length: draws.below(3) }, () => draws.pick(flags)))]
}

function drawSelected(draws: Draws, client: Client, world: World): Planned {
  const { selection } = client
  if (selection === undefined) throw new Error('nothing is selected')
  const kind = draws.below(20)
  const targets = drawTargets(draws, client, selection)
  if (kind < 2 || selection.box.gone) return plain(draws.oneIn(3) ? 'CHECK' : 'NOOP')
  if (kind < 8) return drawFetch(draws, client, selection)
  if (kind < 13) {
    const edit = { action: draws.pick(['+', '+', '-', ''] as const), flags: drawFlags(draws) }
    const unchangedSince = client.condstore && draws.oneIn(3) ? drawModseq(draws, selection) : undefined
    return store({ ...targets, edit, silent: draws.oneIn(3), unchangedSince })
  }
  if (kind < 15) return drawSearch(draws, client, { uid: targets.uid, selection })
  if (kind < 17 || (selection.box.messages.size > 2 * crowded && draws.oneIn(2)))
    return expunge(
      client.manners.uidOnly || draws.oneIn(2) ? drawSet(draws, uidsOf(selection.box), client.isUpToDate) : undefined,
    )
  const isCrowded = selection.box.messages.size > crowded
  const to = draws.pick(names)
  const hasRoom = !isCrowded && (world.boxes.get(to)?.messages.size ?? 0) <= crowded
  return transfer({ ...targets, to, moves: !hasRoom || draws.oneIn(2) })
}

function drawTargets(draws: Draws, client: Client, selection: Selection): { uid: boolean; set: NumberSet } {
  const uid = client.manners.uidOnly ? !draws.oneIn(20) : draws.oneIn(2)
  const { view, box } = selection
  if (!uid) {
    const numbers = view.map((_, place) => place + 1)
    const beyond = draws.oneIn(30) ? [view.length + 1] : []
    return { uid, set: drawSet(draws, [...numbers, ...beyond], true) }
  }
  const uids = [...view, ...uidsOf(box), 1 + draws.below(box.uidNext + 2)]
  return { uid, set: drawSet(draws, uids, client.isUpToDate) }
}

function drawFetch(draws: Draws, client: Client, selection: Selection): Planned {
  const targets = drawTargets(draws, client, selection)
  const items = draws.pick([['FLAGS'], ['UID', 'FLAGS'], ['BODY.PEEK[]'], ['BODY[]'], ['FLAGS', 'BODY[]']])
  if (items.includes('BODY[]')) return fetch({ ...onlyKnown(draws, targets, selection), items })
  if (!client.condstore) return fetch({ ...targets, items: draws.oneIn(200) ? [...items, 'MODSEQ'] : items })
  if (draws.oneIn(3)) return fetch({ ...targets, items: [...items, 'MODSEQ'] })
  if (!draws.oneIn(3)) return fetch({ ...targets, items })
  const changedSince = drawModseq(draws, selection)
  const vanished = targets.uid && client.manners.qresync && draws.oneIn(2)
  const set = vanished ? targets.set.map(({ from, to }) => ({ from, to: to === '*' ? from : to })) : targets.set
  return fetch({ ...targets, set, items: ['UID', 'FLAGS'], changedSince, vanished })
}

/** What is new may be announced by a UID FETCH before its answer, or not: its \Seen then depends on that. */
function onlyKnown(draws: Draws, targets: { uid: boolean; set: NumberSet }, { view, box }: Selection) {
  if (!targets.uid) return targets
  const uid = draws.pick(view.length === 0 ? [box.uidNext + 9] : view)
  return { uid: true, set: [{ from: uid, to: uid }] }
}

function drawModseq(draws: Draws, { box }: Selection): number {
  if (draws.oneIn(6)) return 0
  return Math.max(0, box.highestModseq - draws.below(12))
}

const keys: readonly SearchKey[] = [
  { text: 'ALL', fits: () => true },
  { text: '1:*', fits: () => true, namesNumbers: true },
  ...['SEEN', 'DELETED', 'FLAGGED', 'ANSWERED'].map(name => {
    const flag = `\\${name.slice(0, 1)}${name.slice(1).toLowerCase()}`
    return { text: name, fits: ({ flags }: { flags: ReadonlySet<string> }) => flags.has(flag) }
  }),
  { text: 'UNSEEN', fits: ({ flags }) => !flags.has('\\Seen') },
  { text: 'KEYWORD tea', fits: ({ flags }) => flags.has('tea') },
  { text: 'NOT KEYWORD milk', fits: ({ flags }) => !flags.has('milk') },
  { text: 'OR UNDELETED FLAGGED', fits: ({ flags }) => !flags.has('\\Deleted') || flags.has('\\Flagged') },
  { text: 'UID 3:9', fits: ({ uid }) => uid >= 3 && uid <= 9 },
]

function drawSearch(
  draws: Draws,
  { condstore }: Client,
  { uid, selection }: { readonly uid: boolean; readonly selection: Selection },
): Planned {
  const since = drawModseq(draws, selection)
  const changed = {
    text: `MODSEQ ${since}`,
    fits: ({ modseq }: { modseq: number }) => modseq >= since,
    usesModseq: true,
  }
  const key = condstore && draws.oneIn(3) ? changed : draws.pick(keys)
  const returns = ['MIN', 'MAX', 'COUNT', 'ALL'].filter(() => draws.oneIn(2))
  return search(uid, key, draws.oneIn(3) && returns.length > 0 ? returns : undefined)
}

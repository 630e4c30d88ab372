// What the parts of a walk share: the house, the model beside it, the choices, the story so far; and what is looked up in the house's store itself.

import assert from 'node:assert/strict'
import { flag } from '#mail/flags.ts'
import type { Draws } from '../fuzz/draws.ts'
import { accountId, type Connection, type Place } from './place.ts'
import type { World } from './world.ts'

export interface Site {
  readonly place: Place
  readonly world: World
  readonly draws: Draws
  /** Tells the story, which a failure prints. */
  readonly note: (line: string) => void
}

/** Messages in INBOX above which none is added. */
export const mostMessages = 30

/** The mailboxes are those of the model, and hold as many messages. */
export async function lookAtCounts({ place, world }: Site): Promise<void> {
  world.checkNothingIsLost()
  const found = await place.store.mailboxes(accountId)
  const told = found.map(({ name, exists, uidNext }) => `${name} ${exists} ${uidNext}`)
  const wanted = [...world.boxes.values()].map(({ name, entries, uidNext }) => `${name} ${entries.size} ${uidNext}`)
  assert.deepEqual(told.sort(), wanted.sort(), 'mailboxes, messages, UIDNEXT')
}

/** Whether POP3 would show the message in INBOX. */
export async function isShown({ place }: Site, uid: number): Promise<boolean> {
  using view = await openInbox(place)
  const { uids, flags, count } = view.current
  const index = uids.subarray(0, count).indexOf(uid)
  return index >= 0 && ((flags[index] ?? 0) & flag.taken) === 0
}

/** The octets of the last message in INBOX. */
export async function lastStored({ place }: Site): Promise<string> {
  using view = await openInbox(place)
  const messageId = view.current.messageIds[view.current.count - 1]
  const message = messageId === undefined ? undefined : await place.store.message(accountId, messageId)
  assert.ok(message)
  return Buffer.from(await message.read(0, message.sizeBytes)).toString('latin1')
}

async function openInbox({ store }: Place) {
  const inbox = await store.mailbox(accountId, 'INBOX')
  const view = inbox && (await store.openView(accountId, inbox.mailboxId))
  assert.ok(view)
  return view
}

/** The connection breaks; settles when the session is over. */
export async function over({ peer, ended }: Connection): Promise<void> {
  peer.reset()
  await ended
}

// Mail that comes in: from another server by SMTP, by the store's own door, and with an import.

import assert from 'node:assert/strict'
import type { Appended, Store } from '#store/store.ts'
import { drawText } from './draw-text.ts'
import { accountId } from './place.ts'
import { lastStored, mostMessages, type Site } from './site.ts'
import { Text } from './text.ts'

/** One message into INBOX, unless that is full. */
export async function deliver(site: Site): Promise<void> {
  const { draws, world } = site
  if (world.inbox.entries.size > mostMessages) return
  const text = drawText(draws)
  const choice = draws.below(5)
  if (choice === 0) await importOne(site, text)
  else if (choice < 3) await deliverAtOnce(site, text)
  else await deliverBySmtp(site, text)
}

async function deliverBySmtp(site: Site, text: string): Promise<void> {
  const { peer, ended } = site.place.mx()
  await peer.receive()
  const whole = text.replace(/\r(?!\n)/g, '').replace(/(?<!\r\n)$/, '\r\n')
  site.note(`smtp: ${JSON.stringify(whole.slice(0, 200))}`)
  peer.send('EHLO client.test\r\nMAIL FROM:<bob@remote.test> BODY=8BITMIME SMTPUTF8\r\n')
  peer.send('RCPT TO:<alice@example.test>\r\nDATA\r\n')
  assert.match(await peer.receive(), /^354 /m)
  peer.send(`${whole.replace(/(^|\r\n)\./g, '$1..')}.\r\n`)
  assert.match(await peer.receive(), /^250 /)
  peer.send('QUIT\r\n')
  await ended
  const stored = await lastStored(site)
  assert.ok(stored.endsWith(whole), 'what came in is stored')
  site.world.add(site.world.inbox, new Text(stored))
}

/** Without a last line end, too, as messages were stored before. */
async function deliverAtOnce({ place, world, note }: Site, text: string): Promise<void> {
  note(`delivery: ${JSON.stringify(text.slice(0, 200))}`)
  await using message = await spooled(place.store, text)
  await place.store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
  world.add(world.inbox, new Text(text))
}

/** From another server, with the unique-id that it had there: kept, if it is no other's. */
async function importOne({ place, world, draws, note }: Site, text: string): Promise<void> {
  const uidl = `UID${draws.below(200)}-1`
  note(`import: ${uidl} ${JSON.stringify(text.slice(0, 200))}`)
  const { store } = place
  const inbox = await store.mailbox(accountId, 'INBOX')
  assert.ok(inbox)
  await using message = await spooled(store, text)
  const appended: Appended = { message, flags: 0, keywords: '', internalDate: undefined, uidl }
  assert.equal((await store.append(accountId, inbox.mailboxId, [appended])).kind, 'done')
  const entry = world.add(world.inbox, new Text(text))
  if (!world.isGiven(uidl)) world.noteUidl(entry, uidl)
}

async function spooled(store: Store, text: string) {
  await using writer = store.spool.open()
  await writer.write(Buffer.from(text, 'latin1'))
  return await writer.finish()
}

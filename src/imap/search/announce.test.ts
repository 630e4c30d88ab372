// Moments that no transcript can choose: what others do while it is found out what their changes did to results that are kept up to date.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Conversation } from '#imap/conversation.ts'
import { PrintedStructures } from '#imap/fetch/printed-structures.ts'
import { Selected } from '#imap/selected.ts'
import { memoryChannelPair } from '#io/memory-channel.ts'
import { flag } from '#mail/flags.ts'
import { temporaryStore } from '#store/temporary-store.ts'
import { announce } from './announce.ts'
import { type ContextLimits, type KeptSearch, keepUpToDate } from './keep-up-to-date.ts'
import type { SearchResult } from './search-result.ts'

class Interrupted extends Conversation {
  /** Happen one after the other, each when the work next lets others have a turn. */
  meanwhile: (() => Promise<unknown>)[] = []

  override async breathe(): Promise<void> {
    await this.meanwhile.shift()?.()
    await super.breathe()
  }
}

async function place(messages: number) {
  await using owned = new AsyncDisposableStack()
  const home = owned.use(await temporaryStore({ accounts: [1] }))
  const { store, clock, log } = home
  const inbox = await store.mailbox(1, 'INBOX')
  assert.ok(inbox)
  const { mailboxId } = inbox
  for (let number = 0; number < messages; number += 1) {
    await using message = await home.message('Subject: x\r\n\r\ntext\r\n')
    await store.append(1, mailboxId, [{ message, flags: 0, keywords: '', internalDate: undefined }])
  }
  const { server, client } = memoryChannelPair({ implicitTls: true })
  const nobody = { mechanisms: () => [] } as unknown as Conversation['needs']['authenticator'] // nobody logs in here
  const accounts = { watch: async () => undefined, named: async () => undefined, byId: async () => new Map() }
  const needs = { store, clock, log, authenticator: nobody, accounts, hostname: 'mail.example.test' } as unknown
  const conversation = new Interrupted({
    needs: needs as Conversation['needs'], // as far as announcing needs them
    channel: server,
    drain: new AbortController().signal,
    printed: new PrintedStructures(),
  })
  const view = await store.openView(1, mailboxId)
  assert.ok(view)
  const selected = owned.use(
    new Selected({ view, readOnly: false, firstRecent: async () => 99, dialect: () => conversation.dialect }),
  )
  await selected.open(conversation.output)
  const said = async () => {
    conversation.output.text('end\r\n')
    await conversation.output.flush()
    const lines = (await client.receiveUntil(text => text.endsWith('end\r\n'))).split('\r\n').slice(0, -2)
    return lines.filter(line => !/FLAGS \(.*(Draft|Label)|PERMANENTFLAGS|RECENT/.test(line))
  }
  await said()
  const keep = (tag: string, kept: Partial<KeptSearch & SearchResult> & { readonly limits?: ContextLimits }) => {
    const places = Array.from({ length: selected.exists }, (_, at) => at)
    const found = { selected, places, uid: false, relevancyAt: () => 100, tellsModseq: false }
    const result = { ...found, modseq: view.highestModseq, ...kept }
    keepUpToDate(conversation, result, { tag, key: { key: 'all' }, items: undefined, ...kept }, kept.limits)
  }
  const moved = owned.move()
  return { store, mailboxId, conversation, selected, said, keep, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

const atEnd = { expunges: true, uid: false }

test('an expunge that comes meanwhile does not overtake its REMOVEFROM', async () => {
  await using here = await place(6)
  const { store, mailboxId, conversation, selected, said, keep } = here
  keep('A', {})
  keep('B', { uid: true })
  const expunge = (uid: number) => store.expunge(1, mailboxId, [uid], { onlyDeleted: false })
  await expunge(6)
  // Two turns before anything is told, two behind.
  conversation.meanwhile = [4, 3, 2, 1].map(uid => () => expunge(uid))
  await announce(conversation, selected, atEnd)
  assert.deepEqual(await said(), [
    '* ESEARCH (TAG "A") REMOVEFROM (0 3:4,6)',
    '* ESEARCH (TAG "B") UID REMOVEFROM (0 3:4,6)',
    '* 6 EXPUNGE',
    '* 4 EXPUNGE',
    '* 3 EXPUNGE',
  ])
  await announce(conversation, selected, atEnd)
  assert.deepEqual(await said(), [
    '* ESEARCH (TAG "A") REMOVEFROM (0 1:2)',
    '* ESEARCH (TAG "B") UID REMOVEFROM (0 1:2)',
    '* 2 EXPUNGE',
    '* 1 EXPUNGE',
  ])
  await announce(conversation, selected, atEnd)
  assert.deepEqual(await said(), [])
})

test('flags that change meanwhile are told before what they take out of a result', async () => {
  await using here = await place(3)
  const { store, mailboxId, conversation, selected, said, keep } = here
  const key = { key: 'flag', bit: flag.seen, set: false } as const
  keep('A', { key })
  keep('B', { key })
  const see = (uid: number) => store.setFlags(1, mailboxId, [uid], { action: 'add', flags: flag.seen, keywords: [] })
  await see(1)
  conversation.meanwhile = [() => see(3)]
  await announce(conversation, selected, atEnd)
  assert.deepEqual(await said(), [
    '* 1 FETCH (FLAGS (\\Seen))',
    '* 3 FETCH (FLAGS (\\Seen))',
    '* ESEARCH (TAG "A") REMOVEFROM (0 1)',
    '* ESEARCH (TAG "B") REMOVEFROM (0 1,3)',
  ])
  await announce(conversation, selected, atEnd)
  assert.deepEqual(await said(), ['* ESEARCH (TAG "A") REMOVEFROM (0 3)'])
})

test('what the client has no number for is not told by one', async () => {
  await using here = await place(2)
  const { conversation, selected, said, keep } = here
  keep('A', {})
  for (const context of selected.searches.contexts) context.members = [1, 2, 77]
  await announce(conversation, selected, atEnd)
  assert.deepEqual(await said(), [])
  assert.deepEqual(selected.searches.contexts[0]?.members, [1, 2])
})

test('one search is always kept up to date, a second one or a sort only within the limits', async () => {
  await using here = await place(3)
  const { said, keep } = here
  const limits = { results: 3, messages: 2 }
  const sorted = { by: [{ by: 'size', reverse: false }], rows: [] } as const
  keep('A', { sorted, limits })
  keep('B', { limits })
  keep('C', { limits })
  keep('D', { limits: { results: 3, messages: 6 } })
  keep('E', { limits: { results: 2, messages: 600 } })
  const kept = here.selected.searches.contexts.map(({ tag }) => tag)
  assert.deepEqual(kept, ['B', 'D'])
  assert.deepEqual(
    (await said()).map(line => line.replace(/].*/, ']')),
    ['A', 'C', 'E'].map(tag => `* NO [NOUPDATE "${tag}"]`),
  )
})

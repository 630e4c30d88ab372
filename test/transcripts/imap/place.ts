// What the IMAP transcripts run against: a store on SQLite in a folder of its own, sessions on channels in memory.
// Accounts: alice, bob, dora and ян (secret), carol (disabled), mallory (throttled), broken (a fault of ours).

import assert from 'node:assert/strict'
import type { Account, LoginOutcome } from '#accounts/account.ts'
import { AccountWatches } from '#accounts/account-watches.ts'
import type { HiddenFromClient } from '#imap/hidden.ts'
import { imapSession } from '#imap/session.ts'
import { ChannelError } from '#io/channel.ts'
import type { ManualClock } from '#io/manual-clock.ts'
import { type MemoryChannelOptions, type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Store } from '#store/store.ts'
import { forgetTombstones } from '#store/tombstones.ts'
import type { MessageLimit } from '#wire/imap/capabilities.ts'
import { deflatedPeer } from '../../support/deflated-peer.ts'
import { type FailingDatabase, openFailingStore } from '../../support/failing-store.ts'
import { everyMechanismsChannel, type PlaceLogins, placeLogins } from '../../support/place-logins.ts'
import { setSize } from '../../support/set-size.ts'
import { type SlowClock, slowClock } from '../../support/slow-clock.ts'
import type { TranscriptNeeds, TranscriptPeer } from '../../support/transcript.ts'
import { undelete } from '../../support/undelete.ts'

export interface ImapPlace extends TranscriptNeeds, AsyncDisposable {
  readonly store: Store
  readonly clock: ManualClock
  readonly log: MemoryLog
  /** A client of a new session; its channel's id counts from 1. */
  connect(options?: MemoryChannelOptions): MemoryPeer
  /** As connect, with `lines` sent and their answers taken. */
  prepared(...lines: readonly string[]): Promise<MemoryPeer>
}

const accountIds: Readonly<Record<string, number>> = { alice: 1, bob: 2, dora: 4, ян: 5 }
const fromAll = { client: undefined, version: undefined }
const stumbler = { client: 'Stumbler', version: '2.', capabilities: ['COMPRESS', 'IDLE'] }

export async function imapPlace({ maxMessageBytes = 1_000_000 } = {}): Promise<ImapPlace> {
  await using owned = new AsyncDisposableStack()
  const [clock, log] = [slowClock(), memoryLog()]
  const { store, database } = await openFailingStore(owned, { clock, log, random: seededRandom(1) })
  for (const accountId of Object.values(accountIds)) await store.createAccount(accountId)
  const logins = await placeLogins({ login, database, clock, log })
  return new Place({ store, database, clock, log, logins, maxMessageBytes }, owned.move())
}

interface Parts {
  readonly store: Store
  readonly database: FailingDatabase
  readonly clock: SlowClock
  readonly log: MemoryLog
  readonly logins: PlaceLogins
  readonly maxMessageBytes: number
}

class Place implements ImapPlace {
  readonly store: Store
  readonly clock: SlowClock
  readonly log: MemoryLog
  readonly openers = {
    tls: () => this.connect(),
    /** Every mechanism is offered. */
    sasl: () => this.connect(everyMechanismsChannel, this.#logins.everything),
    clear: () => this.connect({ tls: true, implicitTls: false }),
    bare: () => this.connect({ implicitTls: false }),
    alice: () => this.prepared('x LOGIN alice secret'),
    bob: () => this.prepared('x LOGIN bob secret'),
    dora: () => this.prepared('x LOGIN dora secret'),
    /** Its address is outside ASCII. */
    jan: () => this.prepared('x LOGIN ян secret'),
    inbox: () => this.prepared('x LOGIN alice secret', 'x SELECT INBOX'),
    /** As inbox, compressed. */
    deflated: () => this.deflated('at-once'),
    /** The end of its compressed stream comes behind the packet of its UNAUTHENTICATE, or never. */
    'deflated-later': () => this.deflated('later'),
    'deflated-never': () => this.deflated('never'),
    examined: () => this.prepared('x LOGIN alice secret', 'x EXAMINE INBOX'),
  }
  readonly actions = {
    /** `deliver alice Subject: x\r\n\r\ntext`: a whole message into INBOX. */
    deliver: (argument: string) => {
      const [name = '', ...words] = argument.split(' ')
      return this.#deliver(idOf(name), words.join(' '))
    },
    /** `messages 3`: short ones into alice's INBOX, UIDs from 1. */
    messages: async (argument: string) => {
      for (let number = 1; number <= Number(argument); number += 1) {
        await this.#deliver(1, `Subject: message ${number}\r\n\r\ntext ${number}\r\n`)
      }
    },
    /** `large 300000`: one message with a header of two lines and that many octets of text. */
    large: (argument: string) => {
      const line = `${'0123456789'.repeat(7)}12345678\r\n`
      return this.#deliver(1, `Subject: large\r\nX-End: yes\r\n\r\n${line.repeat(Number(argument) / 80)}`)
    },
    /** `attachment 300000`: one message with a file of that many octets before its text. */
    attachment: (argument: string) => {
      const file = `--b\r\nContent-Type: image/png\r\n\r\n${`${'x'.repeat(78)}\r\n`.repeat(Number(argument) / 80)}`
      const text = '--b\r\n\r\nbehind it\r\n--b--\r\n'
      return this.#deliver(1, `Content-Type: multipart/mixed; boundary=b\r\n\r\n${file}${text}`)
    },
    /** `header 300000`: one message with a header of that many octets. */
    header: (argument: string) =>
      this.#deliver(1, `${`X-Line: ${'x'.repeat(90)}\r\n`.repeat(Number(argument) / 100)}\r\n`),
    /** `size 1 5000000000`: the message of that UID in alice's INBOX counts for so many octets. Before the end it must be as it was. */
    size: (argument: string) => {
      const [uid, sizeBytes] = argument.split(' ')
      return setSize(this.#database, { accountId: 1, mailbox: 'INBOX', uid: Number(uid), sizeBytes: Number(sizeBytes) })
    },
    /** The tombstones of what was moved away are old enough to go. */
    forget: async () => {
      assert.ok((await forgetTombstones(this.#database, Number.MAX_SAFE_INTEGER)) > 0)
    },
    /** `subscriptions 3`: of alice, to names without a mailbox. */
    subscriptions: async (argument: string) => {
      const names = Array.from({ length: Number(argument) }, (_, number) => `name ${number}`)
      await Promise.all(names.map(name => this.store.setSubscribed(1, name, true)))
    },
    /** `message-limit MESSAGELIMIT 3`, or SAVELIMIT: of the sessions that begin from now on (RFC 9738). */
    'message-limit': (argument: string) => {
      const [name, messages] = argument.split(' ')
      this.#messageLimit = { kind: name === 'SAVELIMIT' ? name : 'MESSAGELIMIT', messages: Number(messages) }
    },
    /** `hide bob MOVE IDLE`: from the account's next login on. */
    hide: (argument: string) => {
      const [name = '', ...capabilities] = argument.split(' ')
      this.#hidden.set(idOf(name), capabilities)
    },
    /** `hide-from-all MOVE IDLE`: in the sessions that begin from now on. */
    'hide-from-all': (argument: string) => {
      this.#fromClients = [...this.#fromClients, { ...fromAll, capabilities: argument.split(' ') }]
    },
    /** A backup of all accounts was put back. */
    restored: async () => {
      await this.store.raiseUidValidity()
    },
    /** `quota 20480`: of alice; `quota 20480 5`: of the account with that id. */
    quota: (argument: string) => {
      const [limit, accountId = 1] = argument.split(' ')
      return this.store.setQuota(Number(accountId), Number(limit))
    },
    'message-quota': (argument: string) => this.store.setMessageQuota(1, Number(argument)),
    /** `undelete alice Found`: all that was removed comes back, where it was or into that mailbox. `undelete alice --for-pop3`: POP3 sees it, too. */
    undelete: (argument: string) => {
      const [name = '', ...words] = argument.split(' ')
      return undelete(this.store, idOf(name), words)
    },
    database: (argument: string) => {
      this.#database.become(argument)
    },
    drain: () => this.#drain.abort(),
    /** `gone alice`: the account is disabled, or removed. */
    gone: (name: string) => this.#watches.tell(idOf(name)),
    minutes: (argument: string) => this.clock.advance(Number(argument) * 60_000),
    milliseconds: (argument: string) => this.clock.advance(Number(argument)),
    /** `slow 4000`: from now on each look at the clock takes so many milliseconds. */
    slow: (argument: string) => this.clock.slow(Number(argument)),
    /** `logged imap.fault`; `logged imap.preview 2`: so often. */
    logged: (argument: string) => {
      const [name, times] = argument.split(' ')
      const found = this.log.events.filter(({ event }) => event === name).length
      assert.ok(times === undefined ? found > 0 : found === Number(times), `${name} was logged ${found} times`)
    },
    reset: async (argument: string) => {
      const session = this.#sessions[Number(argument) - 1]
      session?.client.reset()
      await session?.ended
    },
  }
  readonly #database: FailingDatabase
  readonly #logins: PlaceLogins
  readonly #maxMessageBytes: number
  readonly #owned: AsyncDisposableStack
  readonly #drain = new AbortController()
  #messageLimit: MessageLimit | undefined
  readonly #hidden = new Map<number, readonly string[]>()
  #fromClients: readonly HiddenFromClient[] = [stumbler]
  readonly #watches = new AccountWatches()
  readonly #sessions: { readonly client: MemoryPeer; readonly ended: Promise<void> }[] = []

  constructor(parts: Parts, owned: AsyncDisposableStack) {
    this.store = parts.store
    this.clock = parts.clock
    this.log = parts.log
    this.#database = parts.database
    this.#logins = parts.logins
    this.#maxMessageBytes = parts.maxMessageBytes
    this.#owned = owned
  }

  connect(options: MemoryChannelOptions = {}, authenticator = this.#logins.usual): MemoryPeer {
    const id = String(this.#sessions.length + 1)
    const { server, client } = memoryChannelPair({ implicitTls: true, clock: this.clock, id, ...options })
    const { store, clock, log } = this
    const accounts = { watch: this.#watch, named, byId }
    const run = imapSession({
      store,
      authenticator,
      accounts,
      log,
      clock,
      hostname: 'mail.example.test',
      maxMessageBytes: this.#maxMessageBytes,
      messageLimit: this.#messageLimit,
      hidden: { ofAccount: async accountId => this.#hidden.get(accountId) ?? [], fromClients: this.#fromClients },
    })
    const ended = run(server, this.#drain.signal).catch(unlessBroken)
    this.#sessions.push({ client, ended: ended.finally(() => server.close()) })
    return client
  }

  async deflated(end: 'at-once' | 'later' | 'never'): Promise<TranscriptPeer> {
    const peer = await this.prepared('x LOGIN alice secret', 'x SELECT INBOX', 'x COMPRESS DEFLATE')
    return deflatedPeer(peer, { end })
  }

  async prepared(...lines: readonly string[]): Promise<MemoryPeer> {
    const client = this.connect()
    await client.receive()
    for (const line of lines) {
      client.send(Buffer.from(`${line}\r\n`))
      assert.match(await client.receive(), /^x OK/m)
    }
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#sessions) if (!client.closed) client.end()
    await Promise.all(this.#sessions.map(session => session.ended))
    await this.#owned.disposeAsync()
  }

  readonly #watch = async (accountId: number, onGone: () => void) => this.#watches.add(accountId, onGone)

  async #deliver(accountId: number, message: string): Promise<void> {
    await using writer = this.store.spool.open()
    await writer.write(Buffer.from(message, 'latin1'))
    await using spooled = await writer.finish()
    await this.store.deliver(spooled, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
  }
}

async function login(user: string, password: string): Promise<LoginOutcome> {
  if (Object.hasOwn(accountIds, user) && password === 'secret') return { kind: 'welcome', account: account(user) }
  if (user === 'carol') return { kind: 'disabled' }
  if (user === 'mallory') return { kind: 'too-many', retryAfterMs: 30_001 }
  if (user === 'broken') throw new Error('the directory is broken')
  return { kind: 'wrong' }
}

/** Of accounts that can log in. */
async function named(address: string): Promise<Account | undefined> {
  const [name = '', domain] = address.toLowerCase().split('@')
  return domain === 'example.test' && Object.hasOwn(accountIds, name) ? account(name) : undefined
}

async function byId(ids: readonly number[]): Promise<ReadonlyMap<number, Account>> {
  const names = Object.keys(accountIds).filter(name => ids.includes(idOf(name)))
  return new Map(names.map(name => [idOf(name), account(name)]))
}

function account(name: string): Account {
  return { accountId: idOf(name), address: `${name}@example.test`, disabled: false, createdAt: 0 }
}

function idOf(name: string): number {
  const id = accountIds[name]
  assert.ok(id, `no account ${name}`)
  return id
}

function unlessBroken(error: unknown): void {
  if (!(error instanceof ChannelError)) throw error
}

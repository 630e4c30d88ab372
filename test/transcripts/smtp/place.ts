// What the SMTP transcripts run against: store and directory on SQLite in a folder of their own, sessions on channels in memory.
// Domain example.test: accounts alice (password secret; alias info@) and bob (two words; alias jörg@; catch-all of catchall.test), carol is disabled.
// Openers: mx, bare-mx (no certificate), implicit-mx (under TLS from the start), small-mx (messages of 1,000 octets, 3 recipients),
// limited-mx (2 MAILs, recipients of 1 domain), slow-mx (greets after 5 s), tarpit-mx (from the second error on 1, 2, 4, 8, 10 s),
// trusted-mx (may XCLIENT and XFORWARD), submission (587), submissions (465), trusted-submission, lmtp, and reader, which is no
// session: `C: alice INBOX 1` gives that message's lines, then a line `(end)`; so is other-servers: `C: 1` gives the first message that left.

import assert from 'node:assert/strict'
import type { Account, LoginOutcome } from '#accounts/account.ts'
import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { ChannelError } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryChannelOptions, type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { type Database, DiskFullError } from '#io/sql/database.ts'
import type { SmtpLimits } from '#smtp/limits.ts'
import type { SmtpKind, SmtpNeeds } from '#smtp/needs.ts'
import { smtpSession } from '#smtp/session.ts'
import type { Spool } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { type FailingDatabase, openFailingStore } from '../../support/failing-store.ts'
import type { OtherServers } from '../../support/other-servers.ts'
import { directoryRandom, everyMechanismsChannel, type PlaceLogins, placeLogins } from '../../support/place-logins.ts'
import type { TranscriptNeeds, TranscriptPeer } from '../../support/transcript.ts'
import { Receiving, type Settings } from './receiving.ts'

export interface SmtpPlace extends TranscriptNeeds, AsyncDisposable {
  /** What runs a session of that kind, for a channel of the test's own. */
  session(kind: SmtpKind, more: Partial<SmtpNeeds>): ReturnType<typeof smtpSession>
  readonly store: Store
  readonly log: MemoryLog
}

const hostname = 'mail.example.test'
const accountIds: Readonly<Record<string, number>> = { alice: 1, bob: 2, carol: 3 }

export async function smtpPlace(): Promise<SmtpPlace> {
  await using owned = new AsyncDisposableStack()
  const [clock, log, random] = [manualClock(), memoryLog(), seededRandom(1)]
  const { store, database } = await openFailingStore(owned, { clock, log, random })
  const directory = await Directory.open({ database, clock, random: directoryRandom() })
  await fill(directory, database, store)
  const receiving = await Receiving.open(owned, { store, directory, database, clock, log, hostname })
  const logins = await placeLogins({ login, database, directory, clock, log })
  return new Place({ store, directory, database, receiving, clock, log, logins }, owned.move())
}

async function fill(directory: Directory, database: Database, store: Store): Promise<void> {
  await directory.addDomain('example.test')
  await directory.addDomain('catchall.test')
  for (const [name, accountId] of Object.entries(accountIds)) {
    // Without the hashing of a password, which takes long on purpose.
    await database.write(tx =>
      accounts.add(tx, { accountId, address: `${name}@example.test`, passwordHash: 'none', now: 0 }),
    )
    await store.createAccount(accountId)
  }
  await directory.setDisabled('carol@example.test', true)
  await directory.addAlias('info@example.test', 'alice@example.test')
  await directory.addAlias('@catchall.test', 'bob@example.test')
  await directory.addAlias('jörg@example.test', 'bob@example.test')
}

/** Each peer may speak for others. */
const trusting: Partial<SmtpNeeds> = {
  mayXclient: () => true,
  mayXforward: () => true,
  accountNamed: async login => (login === 'alice@example.test' ? account('alice') : undefined),
}

const refuseContent = [{ field: 'Subject', contains: 'cheap pills' }]

interface Parts {
  readonly store: Store
  readonly receiving: Receiving
  readonly directory: Directory
  readonly database: FailingDatabase
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly logins: PlaceLogins
}

class Place implements SmtpPlace {
  readonly store: Store
  readonly log: MemoryLog
  readonly openers = {
    mx: () => this.#connect('mx', { tls: true }),
    'bare-mx': () => this.#connect('mx', {}),
    'implicit-mx': () => this.#connect('mx', { tls: true, implicitTls: true }),
    'small-mx': () => this.#connect('mx', { tls: true }, { messageBytes: 1000, recipients: 3 }),
    'limited-mx': () => this.#connect('mx', { tls: true }, { mailsPerSession: 2, recipientDomains: 1 }),
    'slow-mx': () => this.#connect('mx', { tls: true }, { bannerDelayMs: 5000 }),
    'tarpit-mx': () =>
      this.#connect('mx', { tls: true }, { tarpitAfter: 1, tarpitFirstMs: 1000, tarpitLongestMs: 10_000 }),
    'trusted-mx': () => this.#connect('mx', { tls: true }, {}, trusting),
    submission: () => this.#connect('submission', { tls: true }),
    submissions: () => this.#connect('submission', { tls: true, implicitTls: true }),
    'trusted-submission': () => this.#connect('submission', { tls: true }, {}, trusting),
    lmtp: () => this.#connect('lmtp', { tls: true, remote: { address: 'unix', port: 0 } }),
    'small-lmtp': () => this.#connect('lmtp', { remote: { address: 'unix', port: 0 } }, { messageBytes: 1000 }),
    /** Every mechanism is offered. */
    sasl: () =>
      this.#connect('submission', everyMechanismsChannel, {}, { authenticator: this.#parts.logins.everything }),
    'trusted-sasl': () => {
      const authenticator = this.#parts.logins.everything
      return this.#connect('submission', everyMechanismsChannel, {}, { ...trusting, authenticator })
    },
    // How mail is received, from a network that each name stands for: see receiving.ts.
    'grey-mx': () => this.#receiving('mx', '192.0.2.1', { isGrey: true }),
    'grey-mx-elsewhere': () => this.#receiving('mx', '198.51.100.1', { isGrey: true }),
    'trusted-grey-mx': () => this.#receiving('mx', '192.0.2.1', { isGrey: true, isTrusted: () => true }),
    'grey-dmarc-mx': () => this.#receiving('mx', '8.8.4.4', { isGrey: true, isVerifying: true }),
    'dmarc-mx': () => this.#receiving('mx', '8.8.8.8', { isVerifying: true }),
    'congested-mx': () => this.#receiving('mx', '8.8.8.8', { isVerifying: true, isCongested: true }),
    'dmarc-junk-mx': () => this.#receiving('mx', '8.8.8.8', { isVerifying: true, policy: { dmarcReject: 'junk' } }),
    'nameless-mx': () => this.#receiving('mx', '8.8.8.8', { policy: { requireReverseName: true } }),
    'named-mx': () => this.#receiving('mx', '8.8.4.4', { policy: { requireReverseName: true } }),
    'listed-mx': () => this.#receiving('mx', '9.9.9.9', {}),
    'trusted-listed-mx': () => this.#receiving('mx', '9.9.9.9', { isTrusted: () => true }),
    'two-an-hour-mx': () => this.#receiving('mx', '192.0.2.1', { recipientsPerHour: 2 }),
    'two-an-hour-submission': () => this.#receiving('submission', '192.0.2.1', { recipientsPerHour: 2 }),
    'choosy-mx': () => this.#receiving('mx', '192.0.2.1', { policy: { refuseContent } }),
    'choosy-lmtp': () => this.#receiving('lmtp', 'unix', { policy: { refuseContent } }),
    'mending-mx': () => this.#receiving('mx', '192.0.2.1', { policy: { bareLineEnds: 'normalise' } }),
    'guarded-submission': () => this.#receiving('submission', '192.0.2.1', { isGuarded: true }),
    reader: () => reader(this.store),
    'other-servers': () => otherServers(this.#parts.receiving.others),
  }
  readonly actions = {
    drain: () => this.#drain.abort(),
    seconds: (argument: string) => this.#parts.clock.advance(Number(argument) * 1000),
    quota: (argument: string) => {
      const [name = '', bytes] = argument.split(' ')
      return this.store.setQuota(idOf(name), Number(bytes))
    },
    /** The mailbox has no octet to spare. */
    'fill-quota': async (name: string) => {
      const { usedBytes } = await this.store.quota(idOf(name))
      await this.store.setQuota(idOf(name), usedBytes)
    },
    mailbox: async (argument: string) => {
      const [name = '', mailbox = ''] = argument.split(' ')
      assert.equal((await this.store.createMailbox(idOf(name), mailbox)).kind, 'done')
    },
    holds: async (argument: string) => {
      const [name = '', mailbox = '', count] = argument.split(' ')
      assert.equal((await this.store.mailbox(idOf(name), mailbox))?.exists, Number(count), `${mailbox} of ${name}`)
    },
    /** `full`: a write fails with DiskFullError, `broken`: everything fails, `fine`. */
    disk: (argument: string) => {
      this.#parts.database.become(argument)
    },
    /** `full`: what streams in can't be kept. */
    spool: (argument: string) => {
      this.#spool.full = argument === 'full'
    },
    disable: async (name: string) => {
      assert.equal((await this.#parts.directory.setDisabled(`${name}@example.test`, true)).kind, 'done')
    },
    /** Lets in who waits with that sender. */
    'let-in': async (sender: string) => {
      assert.equal(await this.#parts.receiving.greylist.letIn({ sender }), 1)
    },
    /** The senders that wait, the longest first. */
    waiting: async (senders: string) => {
      const { items } = await this.#parts.receiving.greylist.waiting()
      assert.equal(items.map(item => item.sender).join(' '), senders)
    },
    /** What else of the envelope is kept with the first message of INBOX. */
    envelope: async (argument: string) => {
      const [name = '', ...wanted] = argument.split(' ')
      const inbox = await this.store.mailbox(idOf(name), 'INBOX')
      assert.ok(inbox)
      using view = await this.store.openView(idOf(name), inbox.mailboxId)
      const messageId = view?.current.messageIds[0]
      assert.ok(messageId)
      assert.equal((await this.store.envelope(idOf(name), messageId)) ?? '', wanted.join(' '))
    },
    /** The owner expunges all that is in it. */
    empty: async (argument: string) => {
      const [name = '', mailboxName = ''] = argument.split(' ')
      const mailbox = await this.store.mailbox(idOf(name), mailboxName)
      assert.ok(mailbox)
      using view = await this.store.openView(idOf(name), mailbox.mailboxId)
      const uids = [...(view?.current.uids ?? [])]
      await this.store.expunge(idOf(name), mailbox.mailboxId, uids, { onlyDeleted: false })
    },
    alias: async (argument: string) => {
      const [alias = '', ...targets] = argument.split(' ')
      assert.equal((await this.#parts.directory.addAlias(alias, ...targets)).kind, 'done')
    },
    /** `alice no-copy a@far.test ...`, or `copy`. */
    forward: async (argument: string) => {
      const [name = '', copy, ...targets] = argument.split(' ')
      const forward = { targets, keepsCopy: copy === 'copy' }
      assert.equal((await this.#parts.directory.setForward(`${name}@example.test`, forward)).kind, 'done')
    },
    suppress: async (argument: string) => {
      const [name = '', recipient = ''] = argument.split(' ')
      const scope = { kind: 'account' as const, accountId: idOf(name) }
      const entry = { reason: 'unknown' as const, source: 'reply' as const, detail: '550 5.1.1 no such user' }
      await this.#parts.receiving.suppressions.add({ scope, recipient, ...entry, expiresAt: undefined })
    },
    /** `alice 2`: messages within an hour. */
    'sender-limit': async (argument: string) => {
      const [name = '', messagesPerHour] = argument.split(' ')
      await this.#parts.receiving.senders.setLimits(idOf(name), { messagesPerHour: Number(messagesPerHour) })
    },
    /** How many messages other servers have got. */
    arrived: (count: string) => assert.equal(this.#parts.receiving.others.arrived.length, Number(count)),
    grant: async (argument: string) => {
      const [name = '', address = ''] = argument.split(' ')
      assert.equal((await this.#parts.directory.grantSendAs(`${name}@example.test`, address)).kind, 'done')
    },
    /** Nothing waits any more. */
    'queue-drop': async () => void (await this.#parts.receiving.queue.act('drop', {})),
    /** Everything that is due has been delivered. */
    'queue-idle': async () => {
      await this.#parts.receiving.queue.idle()
      await this.#parts.receiving.guard.idle()
    },
    room: (argument: string) => {
      this.#spool.room = argument !== 'none'
    },
    logged: (argument: string) => assert.ok(this.#logs(argument), `not logged: ${argument}`),
    'not-logged': (argument: string) => assert.ok(!this.#logs(argument), `logged: ${argument}`),
  }
  readonly #parts: Parts
  readonly #owned: AsyncDisposableStack
  readonly #drain = new AbortController()
  readonly #sessions: { readonly client: MemoryPeer; readonly ended: Promise<void> }[] = []
  readonly #spool: FailingSpool

  constructor(parts: Parts, owned: AsyncDisposableStack) {
    this.store = parts.store
    this.log = parts.log
    this.#parts = parts
    this.#owned = owned
    this.#spool = failingSpool(parts.store.spool)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#sessions) if (!client.closed) client.end()
    await Promise.all(this.#sessions.map(session => session.ended))
    await this.#owned.disposeAsync()
  }

  #connect(
    kind: SmtpKind,
    options: MemoryChannelOptions,
    limits: Partial<SmtpLimits> = {},
    trust: Partial<SmtpNeeds> = {},
  ): MemoryPeer {
    const id = String(this.#sessions.length + 1)
    const { server, client } = memoryChannelPair({ clock: this.#parts.clock, id, ...options })
    const run = this.session(kind, { limits, random: seededRandom(Number(id)), ...trust })
    const ended = run(server, this.#drain.signal).catch(unlessBroken)
    this.#sessions.push({ client, ended: ended.finally(() => server.close()) })
    return client
  }

  session(kind: SmtpKind, more: Partial<SmtpNeeds>): ReturnType<typeof smtpSession> {
    const { directory: resolver, clock, log } = this.#parts
    const isSubmission = kind === 'submission'
    return smtpSession({
      kind,
      intake: this.#parts.receiving.intake(kind),
      authenticator: isSubmission ? this.#parts.logins.usual : undefined,
      accounts: isSubmission ? resolver : undefined,
      spool: this.#spool,
      log,
      clock,
      hostname,
      ...more,
    })
  }

  /** Of a host with that address, where the intake has settings of its own. */
  #receiving(kind: SmtpKind, address: string, settings: Settings): MemoryPeer {
    const intake = this.#parts.receiving.intake(kind, settings)
    return this.#connect(kind, { tls: true, remote: { address, port: 40_000 } }, {}, { intake })
  }

  #logs(words: string): boolean {
    const [name, ...pairs] = words.split(' ')
    const wanted = pairs.map(pair => pair.split('='))
    return this.log.events.some(
      ({ event, fields }) => event === name && wanted.every(([key = '', value]) => String(fields[key]) === value),
    )
  }
}

/** What came to all other servers, dressed as one: `C: 2` gives the second message with its envelope, then a line `(end)`. */
function otherServers({ arrived }: OtherServers): TranscriptPeer {
  return answering(async line => {
    const one = arrived[Number(line) - 1]
    if (one === undefined) return '(no such message)\r\n'
    const envelope = [`MAIL FROM:<${one.returnPath}>`, ...one.recipients.map(address => `RCPT TO:<${address}>`)]
    return `${envelope.join('\r\n')}\r\n${one.text}(end)\r\n`
  })
}

/** A mailbox dressed as a server, so that a transcript can look at what was stored. */
function reader(store: Store): TranscriptPeer {
  return answering(line => lines(store, line))
}

function answering(answer: (line: string) => Promise<string>): TranscriptPeer {
  let asked: Promise<string> = Promise.resolve('')
  let closed = false
  return {
    send(bytes) {
      const line = Buffer.from(bytes).toString('latin1').trim()
      asked = asked.then(async before => before + (await answer(line)))
    },
    async receive() {
      const text = await asked
      asked = Promise.resolve('')
      return text
    },
    end() {
      closed = true
    },
    get closed() {
      return closed
    },
  }
}

async function lines(store: Store, line: string): Promise<string> {
  const [name = '', mailboxName = '', place] = line.split(' ')
  const mailbox = await store.mailbox(idOf(name), mailboxName)
  if (mailbox === undefined) return '(no such mailbox)\r\n'
  using view = await store.openView(idOf(name), mailbox.mailboxId)
  const messageId = view?.current.messageIds[Number(place) - 1]
  const message = messageId === undefined ? undefined : await store.message(idOf(name), messageId)
  if (message === undefined) return '(no such message)\r\n'
  return `${Buffer.from(await message.read(0, message.sizeBytes)).toString('latin1')}(end)\r\n`
}

interface FailingSpool extends Spool {
  full: boolean
  room: boolean
}

function failingSpool(spool: Spool): FailingSpool {
  const door: FailingSpool = {
    full: false,
    room: true,
    hasRoom: () => door.room,
    open() {
      const writer = spool.open()
      return {
        get sizeBytes() {
          return writer.sizeBytes
        },
        write: bytes => (door.full ? Promise.reject(new DiskFullError('no room')) : writer.write(bytes)),
        finish: () => writer.finish(),
        [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
      }
    },
  }
  return door
}

async function login(user: string, password: string): Promise<LoginOutcome> {
  if (user === 'alice@example.test' && password === 'secret') return { kind: 'welcome', account: account('alice') }
  if (user === 'bob@example.test' && password === 'two words') return { kind: 'welcome', account: account('bob') }
  if (user === 'carol@example.test') return { kind: 'disabled' }
  if (user === 'mallory') return { kind: 'too-many', retryAfterMs: 30_001 }
  if (user === 'broken') throw new Error('the directory is broken')
  return { kind: 'wrong' }
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

// Random rights and random commands of two readers on the mailboxes of a third account: nobody is answered, sees or changes what RFC 4314 4
// does not allow. What is allowed is stated here once more, command by command, apart from the server's own table.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { flag } from '#mail/flags.ts'
import { anyone } from '#store/acl-entry.ts'
import type { Mailbox } from '#store/mailbox.ts'
import { imapPlace } from './imap/place.ts'

const steps = 500
const ownerId = 1
const readers = { bob: 2, dora: 4 } as const
type Reader = keyof typeof readers
const names = ['INBOX', 'Team', 'Team/Plans', 'Quiet']
const prefix = 'Other Users/alice@example.test/'

for (const seed of [1, 2, 3]) test(`nobody goes beyond its rights (seed ${seed})`, () => play(seed))

type Place = Awaited<ReturnType<typeof imapPlace>>

interface Entry {
  readonly granteeId: number
  readonly negative: boolean
  readonly rights: string
}

async function play(seed: number): Promise<void> {
  await using place = await imapPlace()
  const world = new World(place, seed)
  await world.start()
  for (let step = 0; step < steps; step += 1) await world.step()
  // The walk was no walk if it never came through a door, or never met a closed one.
  assert.ok(world.allowed > steps / 10 && world.refused > steps / 10, `${world.allowed} allowed, ${world.refused} not`)
}

class World {
  allowed = 0
  refused = 0
  readonly #place: Place
  readonly #bytes: Uint8Array
  #at = 0
  #tag = 0
  /** By mailbox: what was given, as the owner gave it. */
  readonly #acl = new Map<string, Entry[]>()
  readonly #clients = new Map<string, Awaited<ReturnType<Place['prepared']>>>()

  constructor(place: Place, seed: number) {
    this.#place = place
    this.#bytes = seededRandom(seed).bytes(steps * 40)
  }

  async start(): Promise<void> {
    for (const name of ['alice', 'bob', 'dora'])
      this.#clients.set(name, await this.#place.prepared(`x LOGIN ${name} secret`))
    await this.#repair()
  }

  async step(): Promise<void> {
    await this.#repair()
    if (this.#pick(4) === 0) return await this.#giveRights()
    const reader: Reader = this.#pick(2) === 0 ? 'bob' : 'dora'
    const name = this.#one(names)
    const act = this.#one(acts)
    const rights = this.#rightsOf(reader, name)
    const before = await this.#digest()
    const wanted = act.allowed(rights)
    if (wanted && act.isLeftOut) return
    const quoted = `"${prefix}${name}"`
    const said = act.selects
      ? await this.#whenSelected(reader, { quoted, rights, command: act.command(quoted) })
      : await this.#say(reader, act.command(quoted))
    if (said === undefined) return
    const where = `${reader} with "${rights}" on ${name}: ${act.command(quoted)} -> ${said}`
    if (wanted) {
      this.allowed += 1
      assert.match(said, /^t\d+ OK/m, where)
    } else {
      this.refused += 1
      const isTold = rights.includes('l') || act.selects === true || act.command(quoted).startsWith('CREATE')
      assert.match(said, isTold ? /^t\d+ NO \[(NOPERM|READ-ONLY)\]/m : hidden, where)
      assert.doesNotMatch(said, /^\* \d+ FETCH \(BODY|^\* (STATUS|ACL|MYRIGHTS)/m, where)
    }
    const after = await this.#digest()
    if (!wanted || act.changes === undefined) assert.deepEqual(after, before, where)
    else act.changes(before, after, { rights, where, name })
  }

  /** The rest happens in the mailbox, if it can be selected. */
  async #whenSelected(reader: Reader, { quoted, rights, command }: Selecting): Promise<string | undefined> {
    const selected = await this.#say(reader, `SELECT ${quoted}`)
    if (!rights.includes('r')) {
      assert.match(selected, rights.includes('l') ? /^t\d+ NO \[NOPERM\]/m : /^t\d+ NO \[NONEXISTENT\]/m)
      return undefined
    }
    const canWrite = [...'wite'].some(right => rights.includes(right))
    assert.match(selected, canWrite ? /^t\d+ OK \[READ-WRITE\]/m : /^t\d+ OK \[READ-ONLY\]/m)
    const said = await this.#say(reader, command)
    await this.#say(reader, 'UNSELECT')
    return said
  }

  async #giveRights(): Promise<void> {
    const name = this.#one(names)
    const who = this.#one(['bob@example.test', 'dora@example.test', 'anyone', '-bob@example.test', '-anyone'])
    const rights = [...'lrswipkxtea'].filter(() => this.#pick(2) === 0).join('')
    assert.match(await this.#say('alice', `SETACL "${name}" ${who} "${rights}"`), /^t\d+ OK/m)
    const negative = who.startsWith('-')
    const reader = who.replace(/^-/, '').replace('@example.test', '')
    const granteeId = reader === 'bob' || reader === 'dora' ? readers[reader] : anyone
    const others = (this.#acl.get(name) ?? []).filter(one => one.granteeId !== granteeId || one.negative !== negative)
    this.#acl.set(name, [...others, { granteeId, negative, rights }])
  }

  #rightsOf(reader: Reader, name: string): string {
    const mine = (this.#acl.get(name) ?? []).filter(
      one => one.granteeId === readers[reader] || one.granteeId === anyone,
    )
    const holds = (letter: string, negative: boolean) =>
      mine.some(one => one.negative === negative && one.rights.includes(letter))
    return [...'lrswipkxtea'].filter(letter => holds(letter, false) && !holds(letter, true)).join('')
  }

  /** Every mailbox is there, with at least two messages that are not \Deleted. What readers made is away. */
  async #repair(): Promise<void> {
    const { store } = this.#place
    for (const { name } of await store.mailboxes(ownerId))
      if (name.endsWith('/made')) await store.deleteMailbox(ownerId, name)
    for (const name of names) {
      if ((await store.mailbox(ownerId, name)) === undefined) {
        await store.createMailbox(ownerId, name)
        const above = this.#acl.get(name.slice(0, name.lastIndexOf('/')))
        this.#acl.set(name, [...(above ?? [])])
      }
      const mailbox = await store.mailbox(ownerId, name)
      for (let missing = 2 - (mailbox?.exists ?? 0) + (mailbox?.deleted ?? 0); missing > 0; missing -= 1) {
        const said = await this.#say('alice', `APPEND "${name}" {6+}\r\nsecret`)
        assert.match(said, /^t\d+ OK/m)
      }
    }
  }

  async #say(who: string, command: string): Promise<string> {
    const client = this.#clients.get(who)
    assert.ok(client !== undefined)
    this.#tag += 1
    client.send(`t${this.#tag} ${command}\r\n`)
    return await client.receive()
  }

  /** All that the owner has, as the owner sees it. */
  async #digest(): Promise<Digest> {
    const { store } = this.#place
    const digest = new Map<string, MailboxDigest>()
    for (const mailbox of await store.mailboxes(ownerId)) {
      using view = await store.openView(ownerId, mailbox.mailboxId)
      assert.ok(view !== undefined)
      const { count, uids, flags, keywords } = view.current
      const messages = new Map<number, string>()
      for (let at = 0; at < count; at += 1) messages.set(uids[at] ?? 0, `${flags[at]} ${keywords[at]}`)
      digest.set(mailbox.name, { mailbox, messages, acl: await store.shares.acl(ownerId, mailbox.mailboxId) })
    }
    return digest
  }

  #pick(below: number): number {
    this.#at += 1
    return (this.#bytes[this.#at % this.#bytes.length] ?? 0) % below
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#pick(list.length)] as T // the list is not empty
  }
}

interface Selecting {
  readonly quoted: string
  readonly rights: string
  readonly command: string
}

interface MailboxDigest {
  readonly mailbox: Mailbox
  readonly messages: ReadonlyMap<number, string>
  readonly acl: unknown
}

type Digest = ReadonlyMap<string, MailboxDigest>

/** As if there were no such mailbox. */
const hidden = /^t\d+ NO \[(NONEXISTENT|TRYCREATE)\]/m

interface Act {
  readonly command: (quoted: string) => string
  readonly allowed: (rights: string) => boolean
  /** Where it would be allowed it is not given: the walk goes on among the same mailboxes. */
  readonly isLeftOut?: true
  /** It is given in the mailbox, after SELECT. */
  readonly selects?: true
  /** What it may change of the owner's things; undefined: nothing. */
  readonly changes?: (before: Digest, after: Digest, told: { rights: string; where: string; name: string }) => void
}

const anyOf = (letters: string) => (rights: string) => [...letters].some(letter => rights.includes(letter))
const allOf = (letters: string) => (rights: string) => [...letters].every(letter => rights.includes(letter))

/** Only this mailbox is another one than before. */
function onlyThere(before: Digest, after: Digest, { name, where }: { name: string; where: string }): void {
  for (const [other, one] of before) if (other !== name) assert.deepEqual(after.get(other), one, where)
}

const acts: readonly Act[] = [
  { command: name => `STATUS ${name} (MESSAGES UNSEEN)`, allowed: anyOf('r') },
  { command: name => `EXAMINE ${name}`, allowed: anyOf('r') },
  { command: name => `MYRIGHTS ${name}`, allowed: anyOf('lrikxa') },
  { command: name => `GETACL ${name}`, allowed: anyOf('a') },
  { command: name => `LISTRIGHTS ${name} bob@example.test`, allowed: anyOf('a') },
  { command: name => `DELETEACL ${name} -dora@example.test`, allowed: anyOf('a'), isLeftOut: true },
  { command: name => `APPEND ${name} (\\Seen \\Flagged) {4+}\r\ntext`, allowed: anyOf('i'), changes: onlyThere },
  { command: name => `CREATE ${name.slice(0, -1)}/made"`, allowed: anyOf('k'), changes: () => undefined },
  { command: name => `RENAME ${name} Mine`, allowed: anyOf('x'), isLeftOut: true },
  { command: name => `DELETE ${name}`, allowed: anyOf('x'), isLeftOut: true },
  { command: () => 'FETCH 1 (BODY[])', allowed: anyOf('r'), selects: true },
  { command: () => 'UID SEARCH TEXT secret', allowed: anyOf('r'), selects: true },
  { command: () => 'COPY 1 INBOX', allowed: anyOf('r'), selects: true },
  { command: () => 'STORE 1 +FLAGS (\\Seen)', allowed: anyOf('s'), selects: true },
  { command: () => 'STORE 1 +FLAGS (\\Deleted)', allowed: anyOf('t'), selects: true, changes: onlyFlag(flag.deleted) },
  { command: () => 'STORE 1 +FLAGS (\\Flagged)', allowed: anyOf('w'), selects: true, changes: onlyFlag(flag.flagged) },
  { command: () => 'STORE 1 FLAGS (\\Answered key)', allowed: anyOf('stw'), selects: true, changes: onlyPermitted },
  { command: () => 'EXPUNGE', allowed: anyOf('e'), selects: true, changes: onlyThere },
  { command: () => 'MOVE 1 INBOX', allowed: allOf('te'), selects: true, changes: onlyThere },
]

function onlyFlag(bit: number) {
  return (before: Digest, after: Digest, told: { rights: string; where: string; name: string }) => {
    onlyThere(before, after, told)
    for (const [uid, was] of before.get(told.name)?.messages ?? []) {
      const now = after.get(told.name)?.messages.get(uid) ?? ''
      assert.equal(Number(now.split(' ')[0]) & ~bit, Number(was.split(' ')[0]) & ~bit, told.where)
    }
  }
}

function onlyPermitted(before: Digest, after: Digest, told: { rights: string; where: string; name: string }): void {
  onlyThere(before, after, told)
  const mayChange = (letter: string, bits: number) => (told.rights.includes(letter) ? bits : 0)
  const others = flag.answered | flag.flagged | flag.draft
  const changeable = mayChange('t', flag.deleted) | mayChange('w', others)
  onlyFlag(changeable)(before, after, told)
}

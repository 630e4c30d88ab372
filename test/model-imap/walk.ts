// Walks a real server and the model side by side: three sessions of one account, one step after the other.

import assert from 'node:assert/strict'
import type { MemoryPeer } from '#io/memory-channel.ts'
import type { Draws } from '../fuzz/draws.ts'
import type { ImapPlace } from '../transcripts/imap/place.ts'
import { Client } from './client.ts'
import { nothing, type Planned } from './commands.ts'
import { drawByUid, drawCommand, drawText } from './draw-command.ts'
import type { Expected } from './expected.ts'
import { type Memory, select } from './mailbox-commands.ts'
import { type Response, readResponses, type StatusResponse } from './response.ts'
import { type Speaker, speakers } from './speakers.ts'
import { accountId, equal, World } from './world.ts'

export interface Session {
  speaker: Speaker
  peer: MemoryPeer
  client: Client
  tags: number
  /** What came and is not a whole response yet. */
  left: string
  memory: Memory | undefined
}

const limits = {
  /** How long a change may take to reach a session that idles, which may wait for the disk to take \Recent. */
  patienceMs: 10_000,
  /** Lines of a failure's story. */
  traceShown: 40,
  traceKept: 1_000,
} as const

export class Walk {
  readonly world: World
  readonly sessions: Session[] = []
  /** What was sent, newest last. */
  readonly trace: string[] = []
  readonly #place: ImapPlace
  readonly #draws: Draws

  constructor(place: ImapPlace, draws: Draws) {
    this.#place = place
    this.#draws = draws
    this.world = new World(place.store)
    this.world.onFlags = (box, { uid }) => {
      for (const { client } of this.sessions) client.noteFlags(box, uid)
    }
  }

  async start(speakers: readonly Speaker[]): Promise<void> {
    await this.world.start(['a', 'b'])
    for (const speaker of speakers) {
      const session = {
        speaker,
        peer: await this.#connect(speaker),
        client: fresh(speaker),
        tags: 0,
        left: '',
        memory: undefined,
      }
      this.sessions.push(session)
    }
  }

  session(index: number): Session {
    const session = this.sessions[index]
    assert.ok(session !== undefined)
    return session
  }

  /** `count` times `step`. A failure tells after how many, which is the shortest walk that fails, and what was said last. */
  async steps(count: number, step: () => Promise<void>): Promise<void> {
    for (let taken = 1; taken <= count; taken += 1) {
      try {
        await step()
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const last = this.trace.slice(-limits.traceShown).join('\n')
        throw new Error(`step ${taken} (POSTHOUSE_MODEL_STEPS=${taken} ends here): ${reason}\n${last}`, {
          cause: error,
        })
      }
      if (this.trace.length > limits.traceKept) this.trace.splice(0, limits.traceKept - limits.traceShown)
    }
  }

  async step(): Promise<void> {
    const draws = this.#draws
    const session = draws.pick(this.sessions)
    if (draws.oneIn(40)) await this.deliver(drawText(draws))
    else if (session.client.idleTag !== undefined)
      await (draws.oneIn(2) ? this.stopIdling(session) : this.deliver(drawText(draws)))
    else if (draws.oneIn(60)) await this.#comeBack(session)
    else if (draws.oneIn(20)) await this.idle(session)
    else await this.run(session, this.#drawBatch(session))
  }

  /** As `step`, of commands that mean the same whatever the client was told before. */
  async stepByUid(): Promise<void> {
    const session = this.#draws.pick(this.sessions)
    for (const planned of drawByUid(this.#draws, session.client, this.world)) await this.run(session, [planned])
  }

  /** Mostly one command; now and then some that are sent in one go. */
  #drawBatch(session: Session): readonly Planned[] {
    const draws = this.#draws
    const first = drawCommand(draws, session.client, this.world)
    if (!draws.oneIn(8) || this.#someIdle || first.isAlone) return [first]
    const batch = [first]
    // SELECT and CLOSE leave the rest without a meaning that is known now.
    const canFollow = ({ text, isAlone }: Planned) => isAlone !== true && !/^(SELECT|EXAMINE|CLOSE|UNSELECT)/.test(text)
    while (batch.length < 4 && canFollow(batch.at(-1) ?? first)) {
      const next = drawCommand(draws, session.client, this.world)
      if (!canFollow(next)) break
      batch.push(next)
    }
    return batch
  }

  get #someIdle(): boolean {
    return this.sessions.some(({ client }) => client.idleTag !== undefined)
  }

  /** Sends commands in one go, and holds each answer against what the model makes of the command. */
  async run(session: Session, batch: readonly Planned[]): Promise<void> {
    const tags = batch.map(() => `t${++session.tags}`)
    const text = batch.map((planned, index) => `${tags[index]} ${planned.text}\r\n`).join('')
    this.#note(session, text)
    session.peer.send(Buffer.from(text, 'latin1'))
    const said = this.#read(session, await session.peer.receive())
    for (const [index, planned] of batch.entries()) {
      const responses = said.splice(0, indexOfTag(said, tags[index] ?? '') + 1)
      const expected = { ...planned.begin(session.client, this.world), contested: this.#someIdle }
      assertStatus(responses, expected)
      if (batch.length === 1) await this.world.learn(planned.isAlone)
      this.#judge(session.client, responses, expected)
    }
    assert.deepEqual(said, [], 'said behind the last answer')
    if (batch.length > 1) await this.world.learn()
    await this.#settle()
  }

  async deliver(text: string): Promise<void> {
    this.trace.push(`  delivery: ${JSON.stringify(text)}`)
    const inbox = this.world.boxes.get('INBOX')
    assert.ok(inbox !== undefined)
    this.world.add(inbox, [{ text, flags: [] }])
    await using writer = this.#place.store.spool.open()
    await writer.write(Buffer.from(text, 'latin1'))
    await using message = await writer.finish()
    await this.#place.store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
    await this.world.learn()
    await this.#settle()
  }

  async idle(session: Session): Promise<void> {
    const tag = `t${++session.tags}`
    this.#note(session, `${tag} IDLE\r\n`)
    session.peer.send(`${tag} IDLE\r\n`)
    const responses = this.#read(session, await session.peer.receive())
    session.client.hear(responses, { status: 'OK', code: nothing, others: ['+'], contested: this.#someIdle })
    session.client.idleTag = tag
    await this.#settle()
  }

  async stopIdling(session: Session): Promise<void> {
    this.#note(session, 'DONE\r\n')
    session.peer.send('DONE\r\n')
    const responses = this.#read(session, await session.peer.receive())
    session.client.idleTag = undefined
    await this.world.learnRecent()
    this.#judge(session.client, responses, { status: 'OK', code: nothing })
    await this.#settle()
  }

  async #comeBack(session: Session): Promise<void> {
    if (this.#draws.oneIn(2)) session.speaker = this.#draws.pick(Object.values(speakers))
    await this.reconnect(session)
  }

  /** The connection breaks; the client comes back with what it remembers, and is told of what it missed. */
  async reconnect(session: Session, draws: Draws = this.#draws): Promise<void> {
    const memory = memoryOf(session.client, draws)
    this.#note(session, '(the connection breaks)\r\n')
    session.peer.reset()
    session.peer = await this.#connect(session.speaker)
    session.client = fresh(session.speaker)
    session.left = ''
    if (memory === undefined || !session.speaker.qresync) return
    await this.run(session, [select({ name: memory.name, readOnly: false, memory })])
    checkMemory(session.client)
  }

  async #connect(speaker: Speaker): Promise<MemoryPeer> {
    const { rev2, qresync, uidOnly, condstore } = speaker
    const names = [
      [rev2, 'IMAP4rev2'],
      [qresync, 'QRESYNC'],
      [condstore && !qresync, 'CONDSTORE'],
      [uidOnly, 'UIDONLY'],
    ] as const
    const wanted = names.filter(([isWanted]) => isWanted).map(([, name]) => name)
    return await this.#place.prepared(
      'x LOGIN alice secret',
      ...(wanted.length === 0 ? [] : [`x ENABLE ${wanted.join(' ')}`]),
    )
  }

  #read(session: Session, text: string): Response[] {
    if (text !== '') this.#note(session, `   ${text}`)
    const { responses, left } = readResponses(session.left + text)
    session.left = left
    return [...responses]
  }

  #judge(client: Client, responses: readonly Response[], expected: Expected): void {
    const tagged = assertStatus(responses, expected)
    client.hear(responses.slice(0, -1), expected, tagged.code)
  }

  /** Those that idle hear of everything; nobody else is told anything. */
  async #settle(): Promise<void> {
    for (const session of this.sessions) {
      const { client, peer } = session
      if (client.idleTag === undefined) {
        assert.equal(peer.take(), '', 'said unasked')
        continue
      }
      const deadline = performance.now() + limits.patienceMs
      for (;;) {
        client.overhear(this.#read(session, peer.take()), true)
        if (client.isUpToDate && session.left === '') break
        assert.ok(performance.now() < deadline, `a session that idles was not told: ${client.missing}`)
        await new Promise(resolve => setImmediate(resolve))
      }
    }
    if (this.#someIdle) await this.world.learnRecent()
    else this.world.checkRecent()
  }

  #note(session: Session, text: string): void {
    this.trace.push(`${this.sessions.indexOf(session)}: ${text.trimEnd().replaceAll('\r\n', '\\r\\n')}`)
  }
}

/** The last response is the tagged one. */
function assertStatus(responses: readonly Response[], { status }: Expected): StatusResponse {
  const tagged = responses.at(-1)
  assert.ok(tagged?.kind === 'condition')
  assert.equal(tagged.status, status, `the tagged status, with the code ${JSON.stringify(tagged.code)}`)
  return tagged
}

/** What the client remembers of its mailbox is so. */
export function checkMemory({ selection }: Client): void {
  for (const [uid, known] of selection?.known ?? []) {
    const message = selection?.box.messages.get(uid)
    assert.ok(message !== undefined, `the client thinks that ${uid} is there`)
    const flags = new Set([...known].filter(name => name !== '\\Recent'))
    assert.ok(equal(flags, message.flags), `the client thinks that ${uid} has ${[...flags]}`)
  }
}

function fresh(speaker: Speaker): Client {
  return new Client(speaker, speaker.condstore || speaker.qresync)
}

function indexOfTag(responses: readonly Response[], tag: string): number {
  const index = responses.findIndex(response => response.kind === 'condition' && response.tag === tag)
  assert.ok(index >= 0, `no answer to ${tag}`)
  return index
}

/** What a client with QRESYNC can come back with; undefined: nothing. */
function memoryOf({ manners, selection }: Client, draws: Draws): Memory | undefined {
  if (!manners.qresync || selection === undefined) return undefined
  const { box, known, view, safeModseq } = selection
  const highest = Math.max(1, ...view)
  const uids = draws.oneIn(2) ? undefined : [{ from: 1, to: draws.oneIn(2) ? highest : highest + 100 }]
  const places = view.map((_, place) => place).filter(() => draws.oneIn(3))
  const match = { numbers: places.map(place => place + 1), uids: places.map(place => view[place] ?? 0) }
  const named = uids === undefined || places.length === 0 || manners.uidOnly || draws.oneIn(2) ? undefined : match
  return { name: box.name, uidValidity: box.uidValidity, modseq: safeModseq, known: new Map(known), uids, match: named }
}

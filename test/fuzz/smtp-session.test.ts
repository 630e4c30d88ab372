// A whole SMTP session over real SQLite, on a channel in memory: no input makes it throw, hang, log a fault of ours, or answer what is
// no reply; it ends when the client does, breaks off, falls silent, or the server shuts down.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import { ChannelError } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { SmtpKind, SmtpNeeds } from '#smtp/needs.ts'
import { smtpPlace } from '../transcripts/smtp/place.ts'
import type { Draws } from './draws.ts'
import { fuzz } from './rounds.ts'
import { loginLine, smtpInput } from './smtp-input.ts'

const trusting: Partial<SmtpNeeds> = { mayXclient: () => true, mayXforward: () => true }
const small: Partial<SmtpNeeds> = { limits: { messageBytes: 300, recipients: 2, badCommands: 1_000 } }
const patient: Partial<SmtpNeeds> = { limits: { badCommands: 1_000 } }

const listeners: readonly (readonly [kind: SmtpKind, needs: Partial<SmtpNeeds>])[] = [
  ['mx', {}],
  ['mx', patient],
  ['mx', small],
  ['mx', { ...patient, ...trusting }],
  ['submission', {}],
  ['submission', patient],
  ['submission', { ...small, ...trusting }],
  ['lmtp', patient],
  ['lmtp', small],
]

const place = await smtpPlace()
after(() => place[Symbol.asyncDispose]())

fuzz('no input breaks a session', {
  rounds: 500,
  async round(draws, seed) {
    const disk = draws.oneIn(8) ? draws.pick(['broken', 'full']) : 'works'
    const before = place.log.events.length
    await place.actions?.['disk']?.(disk)
    try {
      await oneSession(draws, seed)
    } finally {
      await place.actions?.['disk']?.('works')
    }
    const faults = place.log.events.slice(before).filter(({ event }) => event === 'smtp.fault')
    if (disk === 'works') assert.deepEqual(faults, [])
  },
  after() {
    const events = new Set(place.log.events.map(({ event }) => event))
    const wanted = [
      'smtp.login',
      'smtp.accepted',
      'smtp.refused',
      'smtp.xclient',
      'smtp.xforward',
      'smtp.fault',
      'smtp.left',
    ]
    assert.deepEqual(
      wanted.filter(event => !events.has(event)),
      [],
      'these never came by',
    )
  },
})

fuzz('however its input is cut up, a session gives the same answers', {
  rounds: 150,
  async round(draws, seed) {
    // After STARTTLS what is behind it in the same piece is forgotten, so there the cuts matter.
    const input = smtpInput(draws).replaceAll(/starttls/gi, 'NOOP')
    const [kind, needs] = draws.pick(listeners)
    const answers = async (pieces: readonly string[]) => {
      const session = openSession({ kind, needs, seed, canStartTls: false })
      const output = await session.converse(pieces)
      session.client.end()
      await session.ended
      // The ids of one seed are the same each time, and a queue has each once.
      await place.actions?.['queue-drop']?.('')
      return output + session.client.take()
    }
    const whole = await answers([input])
    assert.equal(await answers(draws.pieces(input, input.length > 2_000 ? 500 : 20)), whole)
  },
})

async function oneSession(draws: Draws, seed: number): Promise<void> {
  const [kind, needs] = draws.pick(listeners)
  const session = openSession({ kind, needs, seed, canStartTls: !draws.oneIn(4) })
  const logsIn = kind === 'submission' && !draws.oneIn(4)
  const input = `${logsIn ? `EHLO client.test\r\n${loginLine}` : ''}${smtpInput(draws)}`
  const pieces = draws.pieces(input, draws.pick([30, 500, 20_000]))
  // Who does not wait for the greeting is told so and nothing else.
  const output = await session.converse(pieces, { waits: !draws.oneIn(10) })
  draws.pick(endings)(session)
  await session.ended
  assertReplies(output + session.client.take())
}

interface Opening {
  readonly kind: SmtpKind
  readonly needs: Partial<SmtpNeeds>
  readonly seed: number
  readonly canStartTls: boolean
}

interface OpenSession {
  readonly client: MemoryPeer
  readonly clock: ManualClock
  readonly drain: AbortController
  readonly ended: Promise<void>
  /** Sends each piece when the server has answered the one before; gives all answers. */
  converse(pieces: readonly string[], how?: { readonly waits: boolean }): Promise<string>
}

function openSession({ kind, needs, seed, canStartTls }: Opening): OpenSession {
  const [clock, drain] = [manualClock(), new AbortController()]
  const { server, client } = memoryChannelPair({ clock, tls: canStartTls, implicitTls: kind === 'submission' })
  const run = place.session(kind, { clock, random: seededRandom(seed), ...needs })
  const ended = run(server, drain.signal)
    .catch(unlessBroken)
    .finally(() => server.close())
  return {
    client,
    clock,
    drain,
    ended,
    async converse(pieces, { waits } = { waits: true }) {
      let output = waits ? await client.receiveUntil(1) : ''
      for (const piece of pieces) {
        if (client.closed) break
        client.send(piece)
        output += await client.receive()
      }
      return output
    },
  }
}

/** Each makes the session end, wherever it is. */
const endings: readonly ((session: OpenSession) => void)[] = [
  ({ client }) => client.end(),
  ({ client }) => client.end(),
  ({ client }) => client.reset(),
  ({ clock }) => clock.advance(24 * 3_600_000),
  ({ client, drain }) => {
    drain.abort()
    client.end()
  },
]

/** RFC 5321 4.2: every line a code and text, those of one reply with one code, the last with a space behind it. */
function assertReplies(output: string): void {
  const lines = output.split('\r\n')
  assert.equal(lines.pop(), '', 'the last line has its end')
  let open: string | undefined
  for (const line of lines) {
    assert.match(line, /^[2-5][0-5]\d[ -][ -~]+$|^334 $/)
    assert.ok(line.length <= 510, `a line of ${line.length} octets`)
    if (open !== undefined) assert.equal(line.slice(0, 3), open)
    open = line[3] === '-' ? line.slice(0, 3) : undefined
  }
  assert.equal(open, undefined, 'a reply without its last line')
}

function unlessBroken(error: unknown): void {
  if (!(error instanceof ChannelError)) throw error
}

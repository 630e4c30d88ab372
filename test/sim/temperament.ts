// What a host of the simulated world is like, drawn from a seed: what it offers, how often it does wrong, and how; from when on it can be reached.

import type { MemoryTls } from '#io/memory-link.ts'
import type { Draws } from '../fuzz/draws.ts'
import { usualExtensions } from '../support/bad-peer.ts'
import type { Act, Asked, BadPeerOptions, Step } from '../support/bad-peer-script.ts'

export interface Temperament {
  readonly options: Pick<BadPeerOptions, 'act' | 'extensions' | 'offersTls'>
  readonly tls: MemoryTls | undefined
  /** What stands in its place until then, milliseconds from the start; 'up': it is there at once. */
  readonly before: 'up' | 'refused' | 'silent' | 'unreachable'
  readonly upAtMs: number
}

const hourMs = 3_600_000

/** @param calmAtMs from then on nobody does wrong any more, milliseconds from the start @param nowMs tells the time since the start */
export function drawTemperament(draws: Draws, name: string, calmAtMs: number, nowMs: () => number): Temperament {
  const perMille = draws.pick([0, 0, 20, 100, 400])
  const mayFail = draws.oneIn(3)
  const greylistMs = draws.oneIn(5) ? draws.below(2 * hourMs) : 0
  const full = draws.oneIn(6) ? draws.below(4) + 1 : Number.POSITIVE_INFINITY
  const knowsEhlo = !draws.oneIn(12)
  const accepted = new Map<number, number>()
  const act = (asked: Asked): Act | string | undefined => {
    const { step, line, connection } = asked
    if (step === 'EHLO' && !knowsEhlo) return '502 5.5.1 EHLO is not known here'
    if (step === 'MAIL') accepted.set(connection, 0)
    if (step === 'RCPT') {
      if (/<nobody@/.test(line)) return '550 5.1.1 no such user here'
      if (/<full@/.test(line)) return '452 4.2.2 the mailbox is full'
      if (nowMs() < greylistMs) return '450 4.7.1 greylisted, come back later'
      const before = accepted.get(connection) ?? 0
      // RFC 5321 4.5.3.1.10, and what many say in its place.
      if (before >= full) return draws.oneIn(2) ? '452 4.5.3 too many recipients' : '552 5.5.3 too many recipients'
      accepted.set(connection, before + 1)
    }
    if (nowMs() >= calmAtMs || draws.below(1000) >= perMille) return undefined
    return misdeed(draws, step, mayFail)
  }
  const before = draws.pick(['up', 'up', 'up', 'refused', 'silent', 'unreachable'] as const)
  return {
    options: { act, extensions: drawExtensions(draws) },
    tls: drawTls(draws, name),
    before,
    upAtMs: before === 'up' ? 0 : draws.oneIn(40) ? Number.POSITIVE_INFINITY : draws.below(30 * hourMs),
  }
}

function drawExtensions(draws: Draws): readonly string[] {
  const some = usualExtensions.filter(() => !draws.oneIn(4))
  return draws.oneIn(4) ? [...some, `LIMITS RCPTMAX=${1 + draws.below(3)} MAILMAX=${1 + draws.below(4)}`] : some
}

function drawTls(draws: Draws, name: string): MemoryTls | undefined {
  if (draws.oneIn(4)) return undefined
  const names = [draws.oneIn(5) ? 'elsewhere.test' : name]
  if (draws.oneIn(5)) return { names, distrust: 'certificate has expired' }
  return draws.oneIn(8) ? { names, failure: 'no shared cipher' } : { names }
}

/** A lost answer to a message: half of those who break off then have it. */
function misdeed(draws: Draws, step: Step, mayFail: boolean): Act {
  const takes = step === 'message' ? { takes: draws.oneIn(2) } : {}
  switch (draws.below(mayFail ? 14 : 12)) {
    case 0:
      return { ...takes, end: 'close' }
    case 1:
      return { ...takes, end: 'reset' }
    case 2:
      return { ...takes, end: 'hang' }
    case 3:
      return { ...takes, say: '250 2.', raw: true, end: 'close' }
    case 4:
      return { ...takes, say: '250-half of it\r\n', raw: true, end: draws.pick(['close', 'hang']) }
    case 5:
      return { say: '421 4.3.2 closing down', end: 'close' }
    case 6:
      return { say: '421 4.7.0 too much from you', end: draws.pick(['close', 'hang']) }
    case 7:
      return { say: '451 4.3.0 try again' }
    case 8:
      return { say: draws.pick(['451-4.3.0 not\n451 4.3.0 now', '450 not now', '452 4.3.1 no room']), delayMs: 1_000 }
    case 9:
      return { ...takes, say: 'garbage\r\n', raw: true, end: 'close' }
    case 10:
      return { say: '451 4.3.0 bare\n', raw: true }
    case 11:
      return { say: `451 ${'x'.repeat(3_000)}`, delayMs: draws.below(400_000) }
    case 12:
      return { say: '554 5.7.1 go away' }
    default:
      return { say: '550 no' }
  }
}

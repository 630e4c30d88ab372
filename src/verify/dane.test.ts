import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, test } from 'node:test'
import type { TlsaRecord } from '#io/dns.ts'
import { keyOctets, type Signed, signed } from '../../test/support/certificate-chain.ts'
import { holdAgainstTlsa } from './dane.ts'

const now = Date.UTC(2026, 5, 1)
const dayMs = 24 * 3_600_000
const current = { from: now - dayMs, to: now + dayMs }
const past = { from: now - 2 * dayMs, to: now - dayMs }

type Who =
  | 'server'
  | 'other'
  | 'expired'
  | 'authority'
  | 'middle'
  | 'underMiddle'
  | 'named'
  | 'forClients'
  | 'underServer'
  | 'shortMiddle'
  | 'deep'
  | 'strange'
  | 'underOld'
  | 'oldMiddle'
  | 'shortAuthority'

const people = new Map<Who, Signed>()
const person = (who: Who): Signed => people.get(who) ?? assert.fail(who)

async function everybody(): Promise<void> {
  const add = async (
    who: Who,
    one: Omit<Parameters<typeof signed>[0], 'name' | 'from' | 'to'> & { from?: number; to?: number },
  ) => void people.set(who, await signed({ name: who, ...current, ...one }))
  await add('authority', {})
  await add('other', {})
  await add('server', { names: ['mx.far.test'], by: person('authority') })
  await add('expired', { names: ['mx.far.test'], by: person('authority'), ...past })
  await add('middle', { by: person('authority') })
  await add('underMiddle', { names: ['mx.far.test', '*.wild.test'], by: person('middle') })
  await add('named', { names: [], by: person('authority') })
  await add('forClients', { names: ['mx.far.test'], by: person('authority'), use: '1.3.6.1.5.5.7.3.2' })
  await add('underServer', { names: ['mx.far.test'], by: person('server') })
  await add('shortMiddle', { by: person('authority'), pathLength: 0 })
  await add('shortAuthority', { by: person('shortMiddle') })
  await add('deep', { names: ['mx.far.test'], by: person('shortAuthority') })
  await add('strange', { names: ['mx.far.test'], by: person('authority'), isStrange: true })
  await add('oldMiddle', { by: person('authority'), ...past })
  await add('underOld', { names: ['mx.far.test'], by: person('oldMiddle') })
}

function record(usage: number, selector: number, matching: number, who: Who): TlsaRecord {
  const octets = selector === 0 ? person(who).der : keyOctets(person(who))
  const hash = (name: string) => createHash(name).update(octets).digest()
  const data = matching === 0 ? octets : hash(matching === 1 ? 'sha256' : 'sha512')
  return { usage, selector, matching, data }
}

type Case = readonly [
  why: string,
  records: () => readonly TlsaRecord[],
  chain: readonly Who[],
  wanted: string,
  names?: readonly string[],
]

const cases: readonly Case[] = [
  ...[0, 1].flatMap(selector =>
    [0, 1, 2].flatMap((matching): Case[] => [
      [
        `3 ${selector} ${matching} of its own`,
        () => [record(3, selector, matching, 'server')],
        ['server'],
        'matches 3',
      ],
      [
        `3 ${selector} ${matching} of another`,
        () => [record(3, selector, matching, 'other')],
        ['server', 'other'],
        'certificate-not-trusted',
      ],
      [
        `2 ${selector} ${matching} of its authority`,
        () => [record(2, selector, matching, 'authority')],
        ['server', 'authority'],
        'matches 2',
      ],
      [
        `2 ${selector} ${matching} of another authority`,
        () => [record(2, selector, matching, 'other')],
        ['server', 'authority', 'other'],
        'certificate-not-trusted',
      ],
    ]),
  ),
  ['usage 3 looks at no date and no name', () => [record(3, 1, 1, 'expired')], ['expired'], 'matches 3', ['x.test']],
  ['usages 0 and 1 are none', () => [record(0, 0, 1, 'authority'), record(1, 1, 1, 'server')], ['server'], 'unusable'],
  ['a digest of another length is none', () => [{ ...record(3, 1, 1, 'server'), matching: 2 }], ['server'], 'unusable'],
  ['an unknown digest is none', () => [{ ...record(3, 1, 1, 'server'), matching: 3 }], ['server'], 'unusable'],
  [
    'one record that fits is enough',
    () => [record(3, 1, 1, 'other'), record(3, 1, 1, 'server')],
    ['server'],
    'matches 3',
  ],
  [
    'beside a record of use one of none has no say',
    () => [record(1, 1, 1, 'server'), record(3, 1, 1, 'other')],
    ['server'],
    'certificate-not-trusted',
  ],
  [
    'of two digests the stronger has the say',
    () => [record(3, 1, 1, 'server'), record(3, 1, 2, 'other')],
    ['server'],
    'certificate-not-trusted',
  ],
  [
    'of two selectors each has its own',
    () => [record(3, 1, 1, 'server'), record(3, 0, 2, 'other')],
    ['server'],
    'matches 3',
  ],
  ['the server sends no certificate', () => [record(3, 1, 1, 'server')], [], 'certificate-not-trusted'],
  [
    'usage 2 looks at names',
    () => [record(2, 1, 1, 'authority')],
    ['server', 'authority'],
    'certificate-host-mismatch',
    ['x.test'],
  ],
  [
    'one of the names is enough',
    () => [record(2, 1, 1, 'authority')],
    ['server', 'authority'],
    'matches 2',
    ['far.test', 'mx.far.test'],
  ],
  [
    'a wildcard is the first label',
    () => [record(2, 1, 1, 'middle')],
    ['underMiddle', 'middle'],
    'matches 2',
    ['a.wild.test'],
  ],
  [
    'and no more',
    () => [record(2, 1, 1, 'middle')],
    ['underMiddle', 'middle'],
    'certificate-host-mismatch',
    ['a.b.wild.test'],
  ],
  ['usage 2 looks at dates', () => [record(2, 1, 1, 'authority')], ['expired', 'authority'], 'certificate-expired'],
  [
    'a certificate in between',
    () => [record(2, 1, 1, 'authority')],
    ['underMiddle', 'middle', 'authority'],
    'matches 2',
  ],
  ['in any order', () => [record(2, 1, 1, 'authority')], ['underMiddle', 'authority', 'other', 'middle'], 'matches 2'],
  ['the anchor may be in between', () => [record(2, 1, 1, 'middle')], ['underMiddle', 'middle'], 'matches 2'],
  [
    'an anchor that is not sent, as a digest',
    () => [record(2, 1, 1, 'authority')],
    ['server'],
    'certificate-not-trusted',
  ],
  ['an anchor that is not sent, whole', () => [record(2, 0, 0, 'authority')], ['server'], 'matches 2'],
  ['its key alone', () => [record(2, 1, 0, 'authority')], ['underMiddle', 'middle'], 'matches 2'],
  [
    'the certificate in between is missing',
    () => [record(2, 1, 1, 'authority')],
    ['underMiddle', 'authority'],
    'certificate-not-trusted',
  ],
  [
    'one in between that has ended',
    () => [record(2, 1, 1, 'authority')],
    ['underOld', 'oldMiddle', 'authority'],
    'certificate-expired',
  ],
  [
    'a server that plays the authority',
    () => [record(2, 1, 1, 'authority')],
    ['underServer', 'server', 'authority'],
    'certificate-not-trusted',
  ],
  [
    'an authority below one that may have none',
    () => [record(2, 1, 1, 'authority')],
    ['deep', 'shortAuthority', 'shortMiddle', 'authority'],
    'certificate-not-trusted',
  ],
  [
    'a certificate for clients',
    () => [record(2, 1, 1, 'authority')],
    ['forClients', 'authority'],
    'certificate-not-trusted',
  ],
  [
    'a critical extension that nobody knows',
    () => [record(2, 1, 1, 'authority')],
    ['strange', 'authority'],
    'certificate-not-trusted',
  ],
  [
    'the common name, where there are no other names',
    () => [record(2, 1, 1, 'authority')],
    ['named', 'authority'],
    'matches 2',
    ['named'],
  ],
  [
    'its own certificate is no authority above it',
    () => [record(2, 1, 1, 'server')],
    ['server', 'authority'],
    'certificate-not-trusted',
  ],
]

describe('certificates against TLSA records', () => {
  before(everybody)

  for (const [why, records, chain, wanted, names = ['mx.far.test']] of cases) {
    test(`${why}: ${wanted}`, () => {
      const verdict = holdAgainstTlsa({ records: records(), names, chain: chain.map(who => person(who).der), now })
      const shown = { matches: () => `matches ${'usage' in verdict && verdict.usage}`, unusable: () => 'unusable' }
      assert.equal(verdict.kind === 'differs' ? verdict.resultType : shown[verdict.kind](), wanted)
    })
  }

  test('octets of any kind are no certificate, and nothing worse', () => {
    const { der } = person('server')
    const records = [record(2, 1, 1, 'authority'), record(2, 0, 0, 'authority')]
    for (let at = 0; at < der.length; at += 1) {
      const broken = Uint8Array.from(der)
      broken[at] = (broken[at] ?? 0) ^ 0xff
      const verdict = holdAgainstTlsa({
        records,
        names: ['mx.far.test'],
        chain: [broken, person('authority').der],
        now,
      })
      assert.notEqual(verdict.kind, 'matches', `octet ${at}`)
      holdAgainstTlsa({ records, names: [], chain: [der.subarray(0, at)], now })
      holdAgainstTlsa({ records: [{ usage: 2, selector: 0, matching: 0, data: broken }], names: [], chain: [der], now })
    }
  })
})

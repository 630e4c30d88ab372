import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, test } from 'node:test'
import type { TlsPeer } from '#io/dialer.ts'
import { keyOctets, type Signed, signed } from '../../test/support/certificate-chain.ts'
import { judgeBroken, judgeClear, judgeTls, type TlsJudgement } from './judge-tls.ts'
import type { TlsDemand } from './tls-demand.ts'

const now = Date.UTC(2026, 5, 1)
const details = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', servername: 'mx.far.test' }

const verified = (...names: string[]): TlsDemand => ({ kind: 'verified', names, by: 'mta-sts' })
const tested = (...names: string[]): TlsDemand => ({ kind: 'opportunistic', tested: names })

const peers: Readonly<Record<string, Omit<TlsPeer, 'details' | 'chain'>>> = {
  good: { names: ['mx.far.test', '*.wild.test'], distrust: undefined },
  selfSigned: { names: ['mx.far.test'], distrust: 'self-signed certificate' },
  expired: { names: ['mx.far.test'], distrust: 'certificate has expired' },
  nameless: { names: [], distrust: undefined },
  bold: { names: ['*.test', '*', 'a\r\nb'], distrust: undefined },
}

function summary(judgement: TlsJudgement): string {
  if (judgement.kind === 'refused') return `refused ${judgement.resultType}`
  return ['passes', judgement.verifiedBy, judgement.resultType].filter(one => one !== undefined).join(' ')
}

const cases: readonly (readonly [demand: TlsDemand, peer: keyof typeof peers, wanted: string])[] = [
  [{ kind: 'none' }, 'selfSigned', 'passes'],
  [{ kind: 'opportunistic' }, 'selfSigned', 'passes'],
  [{ kind: 'encrypted' }, 'expired', 'passes'],
  [verified('mx.far.test'), 'good', 'passes MTA-STS'],
  [{ kind: 'verified', names: ['mx.far.test'], by: 'requiretls' }, 'good', 'passes a trusted certificate'],
  [verified('MX.Far.Test.'), 'good', 'passes MTA-STS'],
  [verified('a.wild.test'), 'good', 'passes MTA-STS'],
  [verified('*.far.test'), 'good', 'passes MTA-STS'],
  [verified('a.b.wild.test'), 'good', 'refused certificate-host-mismatch'],
  [verified('wild.test'), 'good', 'refused certificate-host-mismatch'],
  [verified('other.test'), 'good', 'refused certificate-host-mismatch'],
  [verified(), 'good', 'refused certificate-host-mismatch'],
  [verified('mx.far.test'), 'selfSigned', 'refused certificate-not-trusted'],
  [verified('mx.far.test'), 'expired', 'refused certificate-expired'],
  [verified('mx.far.test'), 'nameless', 'refused certificate-host-mismatch'],
  [verified('far.test'), 'bold', 'refused certificate-host-mismatch'],
  [tested('mx.far.test'), 'good', 'passes'],
  [tested('other.test'), 'good', 'passes certificate-host-mismatch'],
  [tested('mx.far.test'), 'expired', 'passes certificate-expired'],
  [tested(), 'good', 'passes validation-failure'],
  [tested(), 'expired', 'passes validation-failure'],
]

describe('a connection against what is demanded of it', () => {
  let server: Signed
  before(async () => {
    server = await signed({ name: 'mx', names: ['mx.far.test'], from: now - 1000, to: now + 1000 })
  })

  for (const [demand, name, wanted] of cases) {
    test(`${JSON.stringify(demand)}, ${name}: ${wanted}`, () => {
      const peer = { details, chain: [], ...(peers[name] ?? assert.fail()) }
      assert.equal(summary(judgeTls(demand, peer, now)), wanted)
    })
  }

  test('what a certificate says of itself is shown in one short line', () => {
    const peer = { details, chain: [], names: ['a\r\nb', 'x'.repeat(1000), 'c', 'd'], distrust: undefined }
    const judgement = judgeTls(verified('mx.far.test'), peer, now)
    assert.ok(judgement.kind === 'refused')
    assert.match(judgement.reason, /^[ -~]{1,300}$/)
  })

  test('DANE decides by the records, whoever else trusts the peer', () => {
    const peer = { details, chain: [server.der], ...(peers['selfSigned'] ?? assert.fail()) }
    const data = createHash('sha256').update(keyOctets(server)).digest()
    const record = { usage: 3, selector: 1, matching: 1, data }
    const demand = (...records: (typeof record)[]): TlsDemand => ({ kind: 'dane', records, names: ['mx.far.test'] })
    assert.equal(summary(judgeTls(demand(record), peer, now)), 'passes DANE')
    const other = { ...record, data: Buffer.alloc(32) }
    assert.equal(summary(judgeTls(demand(other), peer, now)), 'refused certificate-not-trusted')
    assert.equal(summary(judgeTls(demand({ ...record, usage: 1 }), peer, now)), 'passes')
  })

  const demands: readonly (readonly [TlsDemand, clear: string, broken: string])[] = [
    [{ kind: 'none' }, 'passes', 'passes validation-failure'],
    [{ kind: 'opportunistic' }, 'passes starttls-not-supported', 'passes validation-failure'],
    [tested('mx.far.test'), 'passes starttls-not-supported', 'passes validation-failure'],
    [{ kind: 'encrypted' }, 'refused starttls-not-supported', 'refused validation-failure'],
    [verified('mx.far.test'), 'refused starttls-not-supported', 'refused validation-failure'],
    [{ kind: 'dane', records: [], names: [] }, 'refused starttls-not-supported', 'refused validation-failure'],
  ]
  for (const [demand, clear, broken] of demands) {
    test(`${JSON.stringify(demand)} without TLS, and with a broken one`, () => {
      assert.equal(summary(judgeClear(demand)), clear)
      assert.equal(summary(judgeBroken(demand, 'wrong version number')), broken)
    })
  }
})

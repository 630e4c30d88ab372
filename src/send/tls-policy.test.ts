import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import type { StsLookup } from '#verify/mta-sts.ts'
import type { StsPolicy } from '#verify/mta-sts-policy.ts'
import type { TargetHost } from './targets.ts'
import { type TlsAnswer, type TlsAsked, TlsPolicy } from './tls-policy.ts'

const record = { usage: 3, selector: 1, matching: 1, data: Buffer.alloc(32, 1) }
const unusable = { ...record, usage: 1 }
const name = '_25._tcp.mx.far.test'
const aliased = '_25._tcp.real.near.test'

const enforced: StsPolicy = { id: '1', mode: 'enforce', patterns: ['mx.far.test'], maxAgeSeconds: 5 }
const fault = { resultType: 'sts-policy-fetch-error', reason: 'HTTP status 500' } as const

const host: TargetHost = {
  name: 'mx.far.test',
  preference: 10,
  addresses: ['192.0.2.1'],
  isAuthentic: false,
  canonicalName: 'mx.far.test',
}
const authentic = { ...host, isAuthentic: true }
const alias = { ...host, canonicalName: 'real.near.test' }

const insecure: TlsAsked['via'] = { kind: 'mx', namesAreAuthentic: false }
const secure: TlsAsked['via'] = { kind: 'mx', namesAreAuthentic: true }
const setting: TlsAsked['via'] = { kind: 'setting' }

function summary(answer: TlsAnswer): string {
  if (answer.kind === 'no')
    return `${answer.outcome.kind} ${answer.outcome.status} ${answer.resultType}, ${answer.policy.type}`
  const { demand, policy } = answer
  const more = {
    none: '',
    encrypted: '',
    opportunistic: demand.kind === 'opportunistic' && demand.tested !== undefined ? ` testing [${demand.tested}]` : '',
    verified: demand.kind === 'verified' ? ` ${demand.names} by ${demand.by}` : '',
    dane: demand.kind === 'dane' ? ` ${demand.records[0]?.usage} for ${demand.names}` : '',
  }
  return `${demand.kind}${more[demand.kind]}, ${policy.type}${policy.fault === undefined ? '' : ` ${policy.fault.resultType}`}`
}

interface Case {
  readonly why: string
  readonly asked?: Partial<TlsAsked>
  readonly dns?: FixedAnswers
  readonly sts?: StsLookup
  readonly wanted: string
}

const cases: readonly Case[] = [
  { why: 'nothing is known', wanted: 'opportunistic, no-policy-found' },
  // DANE
  {
    why: 'records that are vouched for',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [record] }, authentic: 'all' },
    wanted: 'dane 3 for mx.far.test,far.test, tlsa',
  },
  {
    why: 'records nobody vouches for are none',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [record] } },
    wanted: 'opportunistic, no-policy-found',
  },
  {
    why: 'under an MX nobody vouches for none is asked for',
    asked: { via: insecure, host: authentic },
    dns: { tlsa: { [name]: 'unknown' }, authentic: 'all' },
    wanted: 'opportunistic, no-policy-found',
  },
  {
    why: 'nor of a host nobody vouches for',
    asked: { via: secure, host },
    dns: { tlsa: { [name]: 'unknown' }, authentic: 'all' },
    wanted: 'opportunistic, no-policy-found',
  },
  {
    why: 'no answer, where there may be records, is no leave',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: 'unknown' } },
    wanted: 'deferred 4.7.5 dnssec-invalid, tlsa',
  },
  {
    why: 'an alias: the records of what it leads to',
    asked: { via: secure, host: { ...alias, isAuthentic: true } },
    dns: { tlsa: { [aliased]: [record], [name]: [unusable] }, authentic: 'all' },
    wanted: 'dane 3 for real.near.test,mx.far.test,far.test, tlsa',
  },
  {
    why: 'an alias without records there: its own',
    asked: { via: secure, host: { ...alias, isAuthentic: true } },
    dns: { tlsa: { [name]: [record] }, authentic: 'all' },
    wanted: 'dane 3 for mx.far.test,real.near.test,far.test, tlsa',
  },
  {
    why: 'an alias that is vouched for, to where nothing is: its own',
    asked: { via: secure, host: alias },
    dns: {
      aliases: { 'mx.far.test': ['real.near.test'] },
      tlsa: { [name]: [record] },
      authentic: ['mx.far.test', name],
    },
    wanted: 'dane 3 for mx.far.test,real.near.test,far.test, tlsa',
  },
  {
    why: 'another port has other records',
    asked: { via: setting, host: authentic, port: 587 },
    dns: { tlsa: { '_587._tcp.mx.far.test': [record] }, authentic: 'all' },
    wanted: 'dane 3 for mx.far.test, tlsa',
  },
  {
    why: 'records of no use ask for TLS',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [unusable] }, authentic: 'all' },
    wanted: 'dane 1 for mx.far.test,far.test, tlsa',
  },
  {
    why: 'and MTA-STS for more',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [unusable] }, authentic: 'all' },
    sts: { policy: enforced, fault: undefined },
    wanted: 'verified mx.far.test by mta-sts, sts',
  },
  {
    why: 'but not a policy in testing mode for less',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [unusable] }, authentic: 'all' },
    sts: { policy: { ...enforced, mode: 'testing' }, fault: undefined },
    wanted: 'dane 1 for mx.far.test,far.test, tlsa',
  },
  {
    why: 'of a host that the policy does not have',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [unusable] }, authentic: 'all' },
    sts: { policy: { ...enforced, patterns: ['other.test'] }, fault: undefined },
    wanted: 'deferred 4.7.5 validation-failure, sts',
  },
  {
    why: 'and the settings for more',
    asked: { via: secure, host: authentic, minimum: 'verified' },
    dns: { tlsa: { [name]: [unusable] }, authentic: 'all' },
    wanted: 'verified mx.far.test by setting, tlsa',
  },
  {
    why: 'DANE goes before MTA-STS',
    asked: { via: secure, host: authentic },
    dns: { tlsa: { [name]: [record] }, authentic: 'all' },
    sts: { policy: { ...enforced, patterns: ['other.test'] }, fault: undefined },
    wanted: 'dane 3 for mx.far.test,far.test, tlsa',
  },
  // MTA-STS
  {
    why: 'a policy that has the host',
    sts: { policy: enforced, fault: undefined },
    wanted: 'verified mx.far.test by mta-sts, sts',
  },
  {
    why: 'one that has it not',
    sts: { policy: { ...enforced, patterns: ['other.test'] }, fault: undefined },
    wanted: 'deferred 4.7.5 validation-failure, sts',
  },
  {
    why: 'testing blocks nothing',
    sts: { policy: { ...enforced, mode: 'testing' }, fault: undefined },
    wanted: 'opportunistic testing [mx.far.test], sts',
  },
  {
    why: 'nor does it where the host is another',
    sts: { policy: { ...enforced, mode: 'testing', patterns: ['other.test'] }, fault: undefined },
    wanted: 'opportunistic testing [], sts',
  },
  {
    why: 'mode none',
    sts: { policy: { ...enforced, mode: 'none' }, fault: undefined },
    wanted: 'opportunistic, no-policy-found',
  },
  {
    why: 'a policy that cannot be had',
    sts: { policy: undefined, fault },
    wanted: 'opportunistic, sts sts-policy-fetch-error',
  },
  {
    why: 'one that is kept though the new one cannot be had',
    sts: { policy: enforced, fault },
    wanted: 'verified mx.far.test by mta-sts, sts sts-policy-fetch-error',
  },
  {
    why: 'a smarthost is nobody of the domain',
    asked: { via: setting },
    sts: { policy: { ...enforced, patterns: ['other.test'] }, fault: undefined },
    wanted: 'opportunistic, no-policy-found',
  },
  {
    why: 'an address literal has no policy',
    asked: { domain: '[192.0.2.1]' },
    sts: { policy: enforced, fault },
    wanted: 'opportunistic, no-policy-found',
  },
  // Settings
  {
    why: 'never',
    asked: { minimum: 'none' },
    sts: { policy: enforced, fault: undefined },
    wanted: 'none, no-policy-found',
  },
  { why: 'encrypted', asked: { minimum: 'encrypted' }, wanted: 'encrypted, no-policy-found' },
  { why: 'verified', asked: { minimum: 'verified' }, wanted: 'verified mx.far.test by setting, no-policy-found' },
  {
    why: 'a minimum is more than testing',
    asked: { minimum: 'verified' },
    sts: { policy: { ...enforced, mode: 'testing' }, fault: undefined },
    wanted: 'verified mx.far.test by setting, sts',
  },
  {
    why: 'the sender asks to leave the policies aside',
    asked: { ignoresPolicies: true },
    sts: { policy: enforced, fault: undefined },
    wanted: 'opportunistic, no-policy-found',
  },
  // REQUIRETLS
  {
    why: 'REQUIRETLS where nobody vouches for the host',
    asked: { requireTls: true },
    wanted: 'failed 5.7.10 undefined, no-policy-found',
  },
  {
    why: 'REQUIRETLS where DNSSEC does',
    asked: { requireTls: true, via: secure },
    wanted: 'verified mx.far.test by requiretls, no-policy-found',
  },
  {
    why: 'where MTA-STS does',
    asked: { requireTls: true },
    sts: { policy: enforced, fault: undefined },
    wanted: 'verified mx.far.test by requiretls, sts',
  },
  {
    why: 'in testing mode too',
    asked: { requireTls: true },
    sts: { policy: { ...enforced, mode: 'testing' }, fault: undefined },
    wanted: 'verified mx.far.test by requiretls, sts',
  },
  {
    why: 'but not of a host that it does not have',
    asked: { requireTls: true },
    sts: { policy: { ...enforced, mode: 'testing', patterns: ['other.test'] }, fault: undefined },
    wanted: 'failed 5.7.10 undefined, sts',
  },
  {
    why: 'where the host is the domain itself',
    asked: { requireTls: true, domain: 'mx.far.test' },
    wanted: 'verified mx.far.test by requiretls, no-policy-found',
  },
  {
    why: 'where the configuration names it',
    asked: { requireTls: true, via: setting },
    wanted: 'verified mx.far.test by requiretls, no-policy-found',
  },
  {
    why: 'DANE is proof',
    asked: { requireTls: true, via: secure, host: authentic },
    dns: { tlsa: { [name]: [record] }, authentic: 'all' },
    wanted: 'dane 3 for mx.far.test,far.test, tlsa',
  },
  {
    why: 'DANE of no use is none',
    asked: { requireTls: true, via: secure, host: authentic },
    dns: { tlsa: { [name]: [unusable] }, authentic: 'all' },
    wanted: 'verified mx.far.test by requiretls, tlsa',
  },
  {
    why: 'REQUIRETLS is more than a setting',
    asked: { requireTls: true, via: secure, minimum: 'none' },
    wanted: 'verified mx.far.test by requiretls, no-policy-found',
  },
]

describe('what is demanded of a connection', () => {
  for (const { why, asked, dns = {}, sts = { policy: undefined, fault: undefined }, wanted } of cases) {
    test(`${why}: ${wanted}`, async () => {
      const policy = new TlsPolicy({ dns: fixedDns(dns), sts: { of: async () => sts } })
      const common = {
        domain: 'far.test',
        host,
        port: 25,
        via: insecure,
        requireTls: false,
        minimum: 'opportunistic',
      } as const
      assert.equal(summary(await policy.of({ ...common, ...asked })), wanted)
    })
  }
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { nameLimits } from './name-limits.ts'
import { type TargetNeeds, targetsOf } from './targets.ts'

const ourselves = {
  name: (host: string) => host === 'mail.ours.test',
  address: (address: string) => address === '192.0.2.250',
}

function needsOf(answers: FixedAnswers, seed = 1): TargetNeeds {
  return { dns: fixedDns(answers), random: seededRandom(seed), isOurs: ourselves }
}

const mx = (host: string, preference = 10) => ({ host, preference })

/** Each host with its addresses, or the status and the words of a "no". */
async function summary(answers: FixedAnswers, domain = 'far.test'): Promise<string> {
  const targets = await targetsOf(needsOf(answers), domain)
  if (targets.kind === 'no') return `${targets.outcome.kind} ${targets.outcome.status} ${targets.outcome.reply}`
  return targets.hosts.map(({ name, addresses }) => `${name} ${addresses.join(' ')}`).join(', ')
}

const cases: readonly (readonly [why: string, answers: FixedAnswers, wanted: string, domain?: string])[] = [
  [
    'hosts go by preference',
    {
      exchangers: { 'far.test': [mx('b.far.test', 20), mx('A.far.test', 5)] },
      addresses: { 'a.far.test': ['2001:db8::1', '192.0.2.1'], 'b.far.test': ['192.0.2.2'] },
    },
    'a.far.test 2001:db8::1 192.0.2.1, b.far.test 192.0.2.2',
  ],
  ['without MX the domain itself is the host', { addresses: { 'far.test': ['192.0.2.1'] } }, 'far.test 192.0.2.1'],
  [
    'a null MX is a no for good',
    { exchangers: { 'far.test': [mx('', 0)] }, addresses: { 'far.test': ['192.0.2.1'] } },
    'failed 5.1.10 556 5.1.10 far.test takes no mail',
  ],
  [
    'a null MX beside others is none',
    { exchangers: { 'far.test': [mx('', 0), mx('a.far.test')] }, addresses: { 'a.far.test': ['192.0.2.1'] } },
    'a.far.test 192.0.2.1',
  ],
  ['a domain that does not exist', {}, 'failed 5.1.2 the domain far.test does not exist'],
  [
    'no answer is for later',
    { exchangers: { 'far.test': 'unknown' } },
    'deferred 4.4.3 DNS gives no answer for the mail hosts of far.test',
  ],
  [
    'a domain without any host',
    { texts: { 'far.test': ['v=spf1 -all'] } },
    'failed 5.4.4 far.test cannot be reached: far.test has no address',
  ],
  [
    'an MX without addresses does not lead to the domain itself',
    { exchangers: { 'far.test': [mx('a.far.test')] }, addresses: { 'far.test': ['192.0.2.1'] } },
    'failed 5.4.4 the mail hosts of far.test (a.far.test) cannot be reached: a.far.test does not exist',
  ],
  [
    'one host without an answer is no hindrance',
    {
      exchangers: { 'far.test': [mx('a.far.test', 1), mx('b.far.test', 2)] },
      addresses: { 'a.far.test': 'unknown', 'b.far.test': ['192.0.2.2'] },
    },
    'b.far.test 192.0.2.2',
  ],
  [
    'where no host is left and one is not known, later',
    {
      exchangers: { 'far.test': [mx('a.far.test', 1), mx('b.far.test', 2)] },
      addresses: { 'b.far.test': 'unknown' },
    },
    'deferred 4.4.3 DNS gives no answer for the addresses of the mail hosts of far.test (a.far.test, ...)',
  ],
  [
    'we, by name, and those behind us are left out, those beside us too',
    {
      exchangers: {
        'far.test': [mx('a.far.test', 5), mx('b.far.test', 10), mx('Mail.Ours.test', 10), mx('c.far.test', 20)],
      },
      addresses: { 'a.far.test': ['192.0.2.1'], 'b.far.test': ['192.0.2.2'], 'c.far.test': ['192.0.2.3'] },
    },
    'a.far.test 192.0.2.1',
  ],
  [
    'the same by address',
    {
      exchangers: { 'far.test': [mx('a.far.test', 5), mx('b.far.test', 10), mx('x.test', 10), mx('c.far.test', 20)] },
      addresses: {
        'a.far.test': ['192.0.2.1'],
        'b.far.test': ['192.0.2.2'],
        'x.test': ['192.0.2.250'],
        'c.far.test': ['192.0.2.3'],
      },
    },
    'a.far.test 192.0.2.1',
  ],
  [
    'when we are the best, it is a loop',
    {
      exchangers: { 'far.test': [mx('mail.ours.test', 5), mx('a.far.test', 10)] },
      addresses: { 'a.far.test': ['192.0.2.1'] },
    },
    'failed 5.4.6 mail for far.test would come back: its best mail host is this server (mail.ours.test), which does not know the domain',
  ],
  [
    'so it is without MX',
    { addresses: { 'far.test': ['192.0.2.250'] } },
    'failed 5.4.6 mail for far.test would come back: its best mail host is this server, which does not know the domain',
  ],
  [
    'a better host that nobody knows of now is waited for',
    {
      exchangers: { 'far.test': [mx('a.far.test', 5), mx('x.test', 10)] },
      addresses: { 'a.far.test': 'unknown', 'x.test': ['192.0.2.250'] },
    },
    'deferred 4.4.3 DNS gives no answer for the addresses of the mail hosts of far.test (a.far.test)',
  ],
  [
    'an MX that is an alias leads to its addresses',
    {
      exchangers: { 'far.test': [mx('a.far.test')] },
      aliases: { 'a.far.test': ['real.far.test'] },
      addresses: { 'real.far.test': ['192.0.2.1'] },
    },
    'a.far.test 192.0.2.1',
  ],
  [
    'an MX that is an address is that address',
    { exchangers: { 'far.test': [mx('192.0.2.7')] } },
    '192.0.2.7 192.0.2.7',
  ],
  ['an address literal is its address', {}, '192.0.2.7 192.0.2.7', '[192.0.2.7]'],
  ['so is one of IPv6', {}, '2001:db8::7 2001:db8::7', '[ipv6:2001:db8::7]'],
  ['a literal that is nobody', {}, "failed 5.1.2 0.0.0.0 is nobody's address", '[0.0.0.0]'],
  [
    'addresses that are nobody are no addresses',
    { exchangers: { 'far.test': [mx('a.far.test')] }, addresses: { 'a.far.test': ['0.0.0.0', '224.0.0.1'] } },
    "failed 5.4.4 the mail hosts of far.test (a.far.test) cannot be reached: a.far.test has only addresses that are nobody's (0.0.0.0)",
  ],
  [
    'a host that is named twice is one',
    {
      exchangers: { 'far.test': [mx('a.far.test', 1), mx('a.far.test', 1)] },
      addresses: { 'a.far.test': ['192.0.2.1'] },
    },
    'a.far.test 192.0.2.1',
  ],
  [
    'what is no host name is none',
    { exchangers: { 'far.test': [mx('not a name', 1)] } },
    'failed 5.4.4 far.test names no mail host that can be one',
  ],
]

describe('targets of a domain', () => {
  for (const [why, answers, wanted, domain] of cases)
    test(why, async () => assert.equal(await summary(answers, domain), wanted))

  test('equal hosts are drawn', async () => {
    const names = ['a', 'b', 'c', 'd'].map(one => `${one}.far.test`)
    const answers = {
      exchangers: { 'far.test': names.map(name => mx(name)) },
      addresses: Object.fromEntries(names.map(name => [name, ['192.0.2.1']])),
    }
    const firsts = new Map<string, number>()
    for (let seed = 0; seed < 200; seed += 1) {
      const targets = await targetsOf(needsOf(answers, seed), 'far.test')
      assert.ok(targets.kind === 'targets')
      const name = targets.hosts[0]?.name ?? ''
      firsts.set(name, (firsts.get(name) ?? 0) + 1)
    }
    for (const name of names) assert.ok((firsts.get(name) ?? 0) > 25, `${name} is first now and then`)
  })

  test('a domain with a thousand hosts costs a few questions', async () => {
    const dns = fixedDns({
      exchangers: { 'far.test': Array.from({ length: 1000 }, (_, at) => mx(`mx${at}.far.test`, at)) },
    })
    let questions = 0
    const counting = {
      ...dns,
      addresses: async (name: string) => {
        questions += 1
        return await dns.addresses(name)
      },
    }
    await targetsOf({ ...needsOf({}), dns: counting }, 'far.test')
    assert.equal(questions, nameLimits.hosts)
  })

  test('authentic is what DNSSEC vouches for all along', async () => {
    const answers = {
      exchangers: { 'far.test': [mx('a.far.test', 1), mx('b.far.test', 2)] },
      aliases: { 'b.far.test': ['b.near.test'] },
      addresses: { 'a.far.test': ['192.0.2.1'], 'b.near.test': ['192.0.2.2'] },
      authentic: ['far.test', 'a.far.test', 'b.far.test'],
    }
    const targets = await targetsOf(needsOf(answers), 'far.test')
    assert.ok(targets.kind === 'targets')
    assert.equal(targets.isAuthentic, true)
    assert.deepEqual(
      targets.hosts.map(({ isAuthentic, canonicalName }) => [isAuthentic, canonicalName]),
      [
        [true, 'a.far.test'],
        [false, 'b.near.test'],
      ],
    )
  })

  test('the provider is that of the hosts', async () => {
    const answers = {
      exchangers: { 'far.test': [mx('aspmx.l.google.com', 1)] },
      addresses: { 'aspmx.l.google.com': ['192.0.2.1'] },
    }
    const targets = await targetsOf(needsOf(answers), 'far.test')
    assert.equal(targets.kind === 'targets' && targets.provider, 'google')
  })
})

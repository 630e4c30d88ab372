// The looks at the world: what a host says to a connection, and what would be done with mail to a domain.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Channel } from '#io/channel.ts'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { memoryNetwork } from '#io/memory-network.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { openCarriage } from '#send/carriage.ts'
import { defaultSend, directRoute, smarthostRoute } from '#send/default-settings.ts'
import type { SendSettings } from '#send/settings.ts'
import { targetsOf } from '#send/targets.ts'
import { TlsPolicy } from '#send/tls-policy.ts'
import { probeVerbs } from './probe-verbs.ts'

const clock = manualClock()
const random = seededRandom(6)

interface World {
  readonly answers?: FixedAnswers
  readonly settings?: Partial<SendSettings>
}

async function open({ answers = {}, settings: given = {} }: World, owned: AsyncDisposableStack) {
  const network = memoryNetwork(clock)
  const dns = fixedDns(answers)
  const settings = { ...defaultSend, ...given }
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-probe-'))
  owned.defer(() => rm(folder, { recursive: true }))
  const database = owned.use(await openSqlite({ path: join(folder, 'a.db') }))
  const isOurs = { name: (host: string) => host === 'mail.example.test', address: () => false }
  const outside = { dns, clock, random, hostname: 'mail.example.test', settings, dialer: network }
  const tlsPolicy = new TlsPolicy({ dns, sts: { of: async () => ({ policy: undefined, fault: undefined }) } })
  const targets = (domain: string) => targetsOf({ dns, random, isOurs }, domain)
  const carriage = owned.use(
    await openCarriage({
      ...outside,
      peers: outside,
      database,
      targetsOf: targets,
      tlsPolicy,
      noteTls: () => undefined,
      credentials: new Map(),
      log: memoryLog(),
    }),
  )
  return { network, verbs: probeVerbs({ ...outside, carriage, tlsPolicy, targetsOf: targets }) }
}

/** Answers in turn: the greeting, then one for each line. */
function says(...replies: readonly string[]) {
  return async (channel: Channel): Promise<void> => {
    for (const reply of replies) {
      channel.write(Buffer.from(`${reply}\r\n`))
      await channel.flush()
      if ((await channel.read(1_000)) === undefined) return
    }
  }
}

describe('probe smtp', () => {
  test('each address is tried, and tells what it offers or why it cannot be used', async () => {
    const addresses = { 'mx.far.test': ['192.0.2.1', '192.0.2.2'] }
    await using owned = new AsyncDisposableStack()
    const { network, verbs } = await open({ answers: { addresses } }, owned)
    const ehlo = '250-mx.far.test\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN'
    network.set('192.0.2.1', 25, { serve: says('220 mx.far.test', ehlo, '221 bye') })
    const found = await verbs.smtp({ host: 'mx.far.test', port: 25, tls: 'starttls' })
    assert.ok(found.kind === 'done')
    const [first, second] = found.value
    assert.deepEqual(
      [first?.address, first?.isOpen, first?.offers, first?.tls],
      ['192.0.2.1', true, ['PIPELINING', 'SIZE 1000', 'AUTH PLAIN LOGIN'], null],
    )
    assert.match(first?.try.transcript ?? '', /^<- {2}220 mx\.far\.test$[\s\S]*^ -> EHLO mail\.example\.test$/m)
    assert.deepEqual([second?.isOpen, second?.class, second?.offers], [false, 'network', null])
    assert.match(second?.wrong ?? '', /refused/)
    assert.deepEqual(network.faults, [])
  })

  test('a refusal in the greeting, and a name without an address', async () => {
    await using owned = new AsyncDisposableStack()
    const { network, verbs } = await open(
      {
        answers: { exchangers: { 'no.test': 'unknown' }, addresses: { 'gone.test': 'unknown' } },
      },
      owned,
    )
    network.set('192.0.2.1', 25, { serve: says('554 5.7.1 go away') })
    const table: [string, RegExp, string][] = [
      ['192.0.2.1', /^554 5\.7\.1 go away/, 'policy'],
      ['nowhere.test', /^there is no name nowhere\.test$/, 'dns'],
      ['gone.test', /^DNS gives no answer/, 'dns'],
    ]
    for (const [host, wrong, why] of table) {
      const found = await verbs.smtp({ host, port: 25, tls: 'none' })
      assert.ok(found.kind === 'done')
      assert.match(found.value[0]?.wrong ?? '', wrong, host)
      if (why === 'dns') assert.equal(found.value[0]?.class, why)
      assert.equal(found.value[0]?.isOpen, false)
    }
  })
})

describe('probe mx', () => {
  const far = {
    exchangers: { 'far.test': [{ host: 'aspmx.l.google.com', preference: 5 }] },
    addresses: { 'aspmx.l.google.com': ['192.0.2.5', '2001:db8::5'] },
  }

  test('hosts, what each has to show, the pace as it is', async () => {
    await using owned = new AsyncDisposableStack()
    const { verbs } = await open({ answers: far }, owned)
    const found = await verbs.mx({ domain: 'someone@FAR.test' })
    assert.ok(found.kind === 'done')
    const { domain, hop, hosts, no, provider, sources, mtaSts, schedule } = found.value
    assert.deepEqual([domain, hop, no, provider, mtaSts], ['far.test', 'direct:far.test', null, 'google', null])
    assert.deepEqual(
      hosts.map(({ name, preference, port, tls }) => [name, preference, port, tls]),
      [['aspmx.l.google.com', 5, 25, 'opportunistic']],
    )
    assert.deepEqual(sources, [{ source: 'any', helloName: 'mail.example.test', pace: null, warmUp: null }])
    assert.equal(schedule?.giveUpMs, 5 * 86_400_000)
  })

  test('DANE is told with its records', async () => {
    const tlsa = {
      '_25._tcp.aspmx.l.google.com': [{ usage: 3, selector: 1, matching: 1, data: Uint8Array.of(0xab, 1) }],
    }
    await using owned = new AsyncDisposableStack()
    const { verbs } = await open({ answers: { ...far, tlsa, authentic: 'all' } }, owned)
    const found = await verbs.mx({ domain: 'far.test' })
    assert.ok(found.kind === 'done')
    assert.deepEqual(
      found.value.hosts.map(({ tls, tlsa }) => [tls, tlsa]),
      [['dane', ['3 1 1 ab01']]],
    )
  })

  test('whether the word of the resolver on DNSSEC counts is told', async () => {
    const table: [FixedAnswers, string][] = [
      [far, 'not-believed'],
      [{ ...far, authentic: ['far.test'] }, 'not-believed'],
      [{ ...far, authentic: ['org'] }, 'believed'],
      [{ ...far, exchangers: { ...far.exchangers, org: 'unknown' } }, 'unknown'],
    ]
    for (const [answers, wanted] of table) {
      await using owned = new AsyncDisposableStack()
      const { verbs } = await open({ answers }, owned)
      const found = await verbs.mx({ domain: 'far.test' })
      assert.ok(found.kind === 'done')
      assert.equal(found.value.dnssec, wanted)
    }
  })

  test('what cannot be brought there says why', async () => {
    const exchangers = { 'null.test': [{ host: '', preference: 0 }], 'silent.test': 'unknown' as const }
    await using owned = new AsyncDisposableStack()
    const { verbs } = await open({ answers: { exchangers } }, owned)
    const table: [string, string, string, string][] = [
      ['null.test', 'failed', '5.1.10', 'recipient-unknown'],
      ['silent.test', 'deferred', '4.4.3', 'dns'],
      ['nowhere.test', 'failed', '5.1.2', 'dns'],
    ]
    for (const [domain, outcome, status] of table) {
      const found = await verbs.mx({ domain })
      assert.ok(found.kind === 'done')
      assert.deepEqual([found.value.no?.outcome, found.value.no?.status], [outcome, status], domain)
      assert.deepEqual(found.value.hosts, [])
    }
    assert.deepEqual(await verbs.mx({ domain: 'a..b' }), { kind: 'bad-domain', subject: 'a..b' })
  })

  test('a route of the configuration goes before the records: held, or a smarthost by the sender', async () => {
    const office = { ...smarthostRoute, hosts: [{ host: '192.0.2.9', port: 587 }], tls: 'starttls' as const }
    const routes = { direct: directRoute, office, held: { kind: 'held' as const, reason: 'no mail out' } }
    const rule = { senderDomains: ['b.test'], recipientDomains: undefined, afterTries: undefined, route: 'office' }
    await using owned = new AsyncDisposableStack()
    const { verbs } = await open({ answers: far, settings: { routes, rules: [rule], route: 'held' } }, owned)
    const held = await verbs.mx({ domain: 'far.test' })
    assert.ok(held.kind === 'done')
    assert.deepEqual([held.value.hop, held.value.heldFor, held.value.hosts.length], [null, 'no mail out', 1])
    const relayed = await verbs.mx({ domain: 'far.test', sender: 'x@b.test' })
    assert.ok(relayed.kind === 'done')
    const { hop, isSmarthost, hosts } = relayed.value
    assert.deepEqual([hop, isSmarthost, hosts[0]?.name, hosts[0]?.tls], ['office', true, '192.0.2.9', 'verified'])
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Secret } from '#base/secret.ts'
import { fixedDns } from '#io/fixed-dns.ts'
import type { MemoryPlace } from '#io/memory-network.ts'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { defaultPace, directRoute, otherPace, smarthostRoute } from './default-settings.ts'
import { limits } from './limits.ts'
import { type Script, ScriptedHost, textMessage } from './scripted-host.ts'
import { mailTo, said, TemporaryCarriage, type TemporaryCarriageOptions } from './temporary-carriage.ts'

const first = '192.0.2.11'
const second = '192.0.2.12'
const office = '192.0.2.13'

const there: NonNullable<TemporaryCarriageOptions['dns']> = {
  exchangers: {
    'there.example': [
      { host: 'mx1.there.example', preference: 10 },
      { host: 'mx2.there.example', preference: 20 },
    ],
    'other.example': [{ host: 'mx1.there.example', preference: 10 }],
    'null.example': [{ host: '', preference: 0 }],
    'both.example': [{ host: 'both.there.example', preference: 10 }],
    'two.example': [{ host: 'two.there.example', preference: 10 }],
    'lost.example': 'unknown',
  },
  addresses: {
    'mx1.there.example': [first],
    'mx2.there.example': [second],
    'smtp.office.example': [office],
    'both.there.example': [first, 'fd00::11'],
    'two.there.example': [first, second],
  },
}

const yes = '250 2.0.0 taken'

function smarthost(over: Partial<typeof smarthostRoute & { tls: 'starttls' | 'opportunistic' }> = {}) {
  const route = {
    ...smarthostRoute,
    hosts: [{ host: 'smtp.office.example', port: 587 }],
    tls: 'opportunistic' as const,
  }
  return { ...route, ...over }
}

test('a message goes to the domain’s best host', async () => {
  const host = new ScriptedHost()
  await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host } })
  const carried = await at.send('bob@there.example')
  assert.deepEqual(said(carried), [yes])
  assert.equal(carried.isOfHop, false)
  assert.deepEqual(host.taken, ['bob@there.example: Received: here|Subject: tea||hot'])
  assert.equal(carried.tries.length, 1)
  assert.equal(host.commands[0], 'EHLO mail.example.com')
})

const bad: readonly (readonly [what: string, place: MemoryPlace])[] = [
  ['refuses connections', 'refused'],
  ['is silent', 'silent'],
  ['cannot be reached', 'unreachable'],
  ['is busy', new ScriptedHost({ greeting: '421 4.3.2 too busy' })],
  ['wants nothing of us', new ScriptedHost({ greeting: '554 5.7.1 go away' })],
  ['hangs up', new ScriptedHost({ greeting: 'hang up' })],
  ['says nothing', new ScriptedHost({ greeting: 'silence' })],
  [
    'knows no EHLO and no HELO',
    new ScriptedHost({ answer: line => (/^(EHLO|HELO)/.test(line) ? '421 4.3.0 no' : undefined) }),
  ],
]

describe('the next host takes what the best does not, when it', () => {
  for (const [what, place] of bad)
    test(what, async () => {
      const host = new ScriptedHost()
      await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: place, [second]: host } })
      const carried = await at.within(at.send('bob@there.example'))
      assert.deepEqual(said(carried), [yes])
      assert.deepEqual(
        carried.tries.map(one => one.host),
        ['mx1.there.example', 'mx2.there.example'],
      )
    })
})

test('when every host fails for now, all of the hop waits; when one has said no for good, each message hears it itself', async () => {
  await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: 'refused', [second]: 'unreachable' } })
  const carried = await at.send('bob@there.example')
  assert.equal(carried.outcomes[0]?.kind, 'deferred')
  assert.deepEqual([carried.isOfHop, carried.tries.length], [true, 2])
  const no = new ScriptedHost({ greeting: '554 5.7.1 go away' })
  await using refusing = await TemporaryCarriage.open({ dns: there, hosts: { [first]: no, [second]: no } })
  const refused = await refusing.send('bob@there.example')
  assert.equal(refused.outcomes[0]?.kind, 'failed')
  assert.equal(refused.isOfHop, false)
  await using mixed = await TemporaryCarriage.open({ dns: there, hosts: { [first]: 'refused', [second]: no } })
  const half = await mixed.send('bob@there.example')
  assert.equal(half.outcomes[0]?.kind, 'deferred', 'the first may take it')
  assert.equal(half.isOfHop, false)
  const again = await mixed.send('bob@there.example')
  assert.equal(again.outcomes[0]?.kind, 'deferred', 'the first may still take it')
})

test('a dead destination is not tried again by each message, but by one after a while', async () => {
  const host = new ScriptedHost()
  await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: 'refused', [second]: 'refused' } })
  await at.send('bob@there.example')
  const dials = at.network.dials.length
  const spared = await at.send('carol@there.example')
  assert.equal(at.network.dials.length, dials)
  assert.equal(spared.isOfHop, true)
  assert.deepEqual(spared.tries, [])
  const [outcome] = spared.outcomes
  assert.ok(outcome?.kind === 'deferred' && outcome.notBefore === at.clock.now() + limits.firstSpareMs)
  assert.match(outcome.reply, /^not tried before 2026-01-01T00:01:00Z, for the last try found: .*refused/)
  // Other domains of the same host know it too.
  await at.send('dave@other.example')
  assert.equal(at.network.dials.length, dials)

  at.clock.advance(limits.firstSpareMs)
  at.network.set(first, 25, 'silent')
  const looking = at.send('bob@there.example')
  for (let turn = 0; turn < 50; turn += 1) await undefined
  const probing = at.network.dials.length
  assert.equal(probing, dials + 1)
  await at.send('carol@other.example')
  assert.equal(at.network.dials.length, probing, 'one looks already')
  await at.within(looking)

  at.clock.advance(2 * limits.firstSpareMs)
  at.network.set(first, 25, host)
  assert.deepEqual(said(await at.send('bob@there.example')), [yes])
  assert.deepEqual(said(await at.send('dave@other.example')), [yes])
})

test('an operator’s retry tries: neither dead hosts nor what DNS said before stand in its way', async () => {
  const host = new ScriptedHost()
  const forgotten: string[] = []
  const dns = { ...fixedDns(there), forget: (name: string) => void forgotten.push(name) }
  await using at = await TemporaryCarriage.open({
    ...{ dns: there, hosts: { [first]: 'refused', [second]: 'refused' }, needs: { dns } },
  })
  await at.send('bob@there.example')
  const dials = at.network.dials.length
  at.network.set(second, 25, host)
  at.carriage.lookAgain('direct:elsewhere.example')
  assert.deepEqual((await at.send('bob@there.example')).tries, [])
  at.carriage.lookAgain('direct:there.example')
  assert.deepEqual(said(await at.send('bob@there.example')), [yes])
  assert.deepEqual([at.network.dials.length, forgotten], [dials + 2, ['there.example']])
  // Once: the best one is dead again.
  await at.send('bob@there.example')
  assert.deepEqual(forgotten, ['there.example'])
  assert.equal(at.network.dials.filter(({ address }) => address === first).length, 2)
})

test('the same for one who waits for its turn already', async () => {
  const host = new ScriptedHost()
  await using at = await TemporaryCarriage.open({
    ...{ dns: there, hosts: { [first]: 'refused', [second]: 'refused' } },
    settings: { connections: 1 },
  })
  await at.send('bob@there.example')
  const other = await at.courier('direct:both.example')
  const waiting = at.courier('direct:there.example')
  for (let turn = 0; turn < 50; turn += 1) await undefined
  at.carriage.lookAgain('direct:there.example')
  at.network.set(first, 25, host)
  await other[Symbol.asyncDispose]()
  await using courier = await waiting
  assert.deepEqual(said(await courier.carry(mailTo(['bob@there.example']))), [yes])
})

const silences: readonly (readonly [when: string, script: Script])[] = [
  ['before the greeting', { greeting: 'silence' }],
  ['after the final dot', { answer: line => (line === '.' ? 'silence' : undefined) }],
]
describe('a courier that is called back comes at once from a peer that is silent', () => {
  for (const [when, script] of silences)
    test(when, async () => {
      const host = new ScriptedHost(script)
      await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host, [second]: host } })
      const abort = new AbortController()
      const courier = await at.carriage.courier('direct:there.example', abort.signal)
      let isOver = false
      const carrying = courier.carry(mailTo(['bob@there.example'])).finally(() => {
        isOver = true
      })
      await at.turns()
      assert.deepEqual([isOver, host.open], [false, 1])
      abort.abort()
      await at.turns()
      assert.deepEqual([isOver, courier.isUsable, host.connections], [true, false, 1])
      assert.equal((await carrying).outcomes[0]?.kind, 'deferred')
      await courier[Symbol.asyncDispose]()
      await at.turns()
      assert.equal(host.open, 0)
    })
})

test('a break behind the final dot is no stale connection: the message may be there, and is not sent again at once', async () => {
  const host = new ScriptedHost({
    answer: (line, { messages }) => (line === '.' && messages > 0 ? 'hang up' : undefined),
  })
  await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host, [second]: 'refused' } })
  await using courier = await at.courier('direct:there.example')
  assert.deepEqual(said(await courier.carry(mailTo(['bob@there.example']))), [yes])
  const broken = await courier.carry(mailTo(['carol@there.example']))
  assert.deepEqual([broken.outcomes[0]?.kind, broken.tries.length, host.connections], ['deferred', 1, 1])
})

test('a host that refuses one more connection while others stand is not dead', async () => {
  const host = new ScriptedHost()
  await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host, [second]: 'refused' } })
  await using one = await at.courier('direct:other.example')
  await one.carry(mailTo(['bob@other.example']))
  at.network.set(first, 25, 'refused')
  await using two = await at.courier('direct:other.example')
  const carried = await two.carry(mailTo(['carol@other.example']))
  assert.equal(carried.outcomes[0]?.kind, 'deferred')
  assert.equal(carried.isOfHop, false, 'the other one goes on')
  assert.equal(two.isUsable, false)
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
  at.network.set(first, 25, host)
  assert.deepEqual(said(await at.send('carol@other.example')), [yes])
})

const names: readonly (readonly [domain: string, wanted: RegExp])[] = [
  ['null.example', /^failed dns 5\.1\.10 556 /],
  ['nowhere.example', /^failed dns 5\.1\.2 /],
  ['lost.example', /^deferred dns 4\.4\.3 /],
]

describe('what DNS says holds for everybody', () => {
  for (const [domain, wanted] of names)
    test(domain, async () => {
      await using at = await TemporaryCarriage.open({ dns: there })
      const carried = await at.send(`bob@${domain}`)
      assert.match(said(carried)[0] ?? '', wanted)
      assert.deepEqual([carried.isOfHop, at.network.dials.length], [true, 0])
    })
})

test('a route that the configuration has no more answers for now', async () => {
  await using at = await TemporaryCarriage.open({})
  await using courier = await at.courier('gone:there.example')
  const carried = await courier.carry(mailTo(['bob@there.example', 'carol@there.example']))
  const words = 'deferred ours 4.3.5 the configuration has no route for gone:there.example any more'
  assert.deepEqual([said(carried), carried.isOfHop], [[words, words], true])
  assert.equal(courier.isUsable, false, 'the next may hear something else')
})

describe('connections', () => {
  test('bring one message after the other, and go on to another hop of the same host', async () => {
    const host = new ScriptedHost()
    await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host } })
    {
      await using courier = await at.courier('direct:there.example')
      await courier.carry(mailTo(['bob@there.example']))
      assert.equal(courier.isUsable, true)
      await courier.carry(mailTo(['carol@there.example']))
    }
    await at.send('dave@other.example')
    assert.deepEqual([host.connections, host.taken.length, host.open], [1, 3, 1])
    at.clock.advance(5_000)
    await at.within(Promise.resolve())
    assert.equal(host.open, 0)
    await at.send('dave@other.example')
    assert.equal(host.connections, 2)
  })

  const impatient: readonly (readonly [string, Script])[] = [
    [
      'that were closed meanwhile',
      { answer: (line, { messages }) => (messages > 0 && line.startsWith('MAIL') ? 'hang up' : undefined) },
    ],
    [
      'that are refused now',
      { answer: (line, { messages }) => (messages > 0 && line.startsWith('MAIL') ? '421 4.4.2 idle' : undefined) },
    ],
  ]
  for (const [what, script] of impatient)
    test(`${what} are replaced by new ones`, async () => {
      const host = new ScriptedHost(script)
      await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host } })
      await using courier = await at.courier('direct:there.example')
      await courier.carry(mailTo(['bob@there.example']))
      const carried = await courier.carry(mailTo(['carol@there.example']))
      assert.deepEqual(said(carried), [yes])
      assert.deepEqual([host.connections, carried.tries.length], [2, 2])
    })

  test('that break on a message are no reason to try it again at once, if they are new', async () => {
    const host = new ScriptedHost({ answer: line => (line === '.' ? 'hang up' : undefined) })
    await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host } })
    await using courier = await at.courier('direct:there.example')
    const carried = await courier.carry(mailTo(['bob@there.example']))
    assert.match(said(carried)[0] ?? '', /^deferred network 4\.4\.2 /)
    assert.deepEqual([host.connections, courier.isUsable, carried.isOfHop], [1, false, false])
  })

  test('end after as many messages as the setting says', async () => {
    const host = new ScriptedHost()
    const pace = { ...defaultPace, other: { ...otherPace, messagesPerConnection: 2 } }
    await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host }, settings: { pace } })
    await using courier = await at.courier('direct:there.example')
    await courier.carry(mailTo(['bob@there.example']))
    await courier.carry(mailTo(['bob@there.example']))
    assert.equal(courier.isUsable, false)
    await courier[Symbol.asyncDispose]()
    await at.send('bob@there.example')
    assert.equal(host.connections, 2)
  })

  test('wait 30 s for an answer, and 5 where others are at work', async () => {
    await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: new ScriptedHost() } })
    await using one = await at.courier('direct:other.example')
    await using two = await at.courier('direct:other.example')
    await one.carry(mailTo(['bob@other.example']))
    await two.carry(mailTo(['bob@other.example']))
    assert.deepEqual(
      at.network.dials.map(({ timeoutMs }) => timeoutMs),
      [30_000, 5_000],
    )
  })

  test('take as many recipients as the peer allows, and the others go over further ones', async () => {
    const host = new ScriptedHost({ keywords: ['LIMITS RCPTMAX=2 MAILMAX=1'] })
    await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host } })
    await using courier = await at.courier('direct:other.example')
    const recipients = Array.from({ length: 5 }, (_, index) => `r${index}@other.example`)
    const told = new Map<number, number>()
    const carried = await courier.carry({
      ...mailTo(recipients),
      taken: place => void told.set(place, told.get(place) ?? host.connections),
    })
    assert.deepEqual(
      said(carried),
      Array.from({ length: 5 }, () => yes),
    )
    // Each but the last before the connection of the next.
    assert.deepEqual(
      [...told],
      [
        [0, 1],
        [1, 1],
        [2, 2],
        [3, 2],
      ],
    )
    const taken = host.taken.map(one => one.replace(/:.*/, ''))
    assert.deepEqual(taken, [
      'r0@other.example r1@other.example',
      'r2@other.example r3@other.example',
      'r4@other.example',
    ])
    assert.deepEqual([host.connections, host.mostOpen], [3, 1])
  })

  test('try the next address of a host, and IPv6 and IPv4 side by side', async () => {
    const host = new ScriptedHost()
    await using at = await TemporaryCarriage.open({
      dns: there,
      hosts: { [first]: 'silent', [second]: host, 'fd00::11': 'silent' },
    })
    const before = at.clock.now()
    const carried = await at.within(at.send('bob@two.example'), 10)
    assert.deepEqual(said(carried), [yes])
    assert.ok(at.clock.now() - before < 1_000, 'nobody waits for the silent one')
    assert.deepEqual(
      at.network.dials.map(({ address }) => address),
      [first, second],
    )
    at.network.set(first, 25, host)
    await at.within(at.send('bob@both.example'), 10)
    assert.deepEqual(
      at.network.dials.slice(2).map(({ address }) => address),
      ['fd00::11', first],
    )
    assert.equal(host.taken.length, 2)
  })

  test('go to the next address when the first has nothing for us', async () => {
    const busy = new ScriptedHost({ greeting: '421 4.3.2 busy' })
    const host = new ScriptedHost()
    await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: busy, [second]: host } })
    const carried = await at.within(at.send('bob@two.example'), 10)
    assert.deepEqual([said(carried), carried.tries.length], [[yes], 2])
    assert.equal(carried.tries[0]?.address?.startsWith(first), true)
  })
})

describe('what a peer says sets the pace', () => {
  const pace = { ...defaultPace, other: { ...otherPace, connections: 8 } }
  const paceOf = async (at: TemporaryCarriage) => {
    const asked = { accountId: 1, sender: 'alice@example.com', recipient: 'bob@there.example', tries: 0 }
    return (await at.carriage.explain(asked)).sources[0]?.pace
  }
  const table: readonly (readonly [what: string, answer: string, connections: number])[] = [
    ['taken', '250 2.0.0 taken', 6],
    ['unknown there', '550 5.1.1 no such user', 6],
    ['greylisted, as everybody', '450 4.7.1 greylisted, come again', 6],
    ['too fast', '421 4.7.0 too many messages from your address', 2],
    ['too many at once', '451 4.7.500 server busy', 2],
  ]
  for (const [what, answer, connections] of table)
    test(what, async () => {
      const host = new ScriptedHost({
        answer: line => (line.startsWith('RCPT') && !answer.startsWith('2') ? answer : undefined),
      })
      await using at = await TemporaryCarriage.open({ dns: there, hosts: { [first]: host }, settings: { pace } })
      await using courier = await at.courier('direct:there.example')
      await courier.carry(mailTo(['bob@there.example']))
      const state = await paceOf(at)
      assert.equal(state?.connections, connections)
      assert.equal(courier.isUsable, connections > 2)
      assert.equal(state?.messagesPerMinute === undefined, connections > 2)
    })

  test('domains of one provider share it', async () => {
    const exchangers = Object.fromEntries(
      Array.from(
        { length: 8 },
        (_, at) => [`d${at}.example`, [{ host: `mx${at}.there.example`, preference: 10 }]] as const,
      ),
    )
    const addresses = Object.fromEntries(
      Object.keys(exchangers).map((_, at) => [`mx${at}.there.example`, [first]] as const),
    )
    await using at = await TemporaryCarriage.open({
      dns: { exchangers, addresses },
      hosts: { [first]: new ScriptedHost() },
    })
    await using owned = new AsyncDisposableStack()
    const gone = new AbortController()
    let granted = 0
    const asked = Object.keys(exchangers).map(async domain => {
      const courier = await at.carriage.courier(`direct:${domain}`, gone.signal)
      granted += 1
      owned.use(courier)
    })
    const all = Promise.allSettled(asked)
    for (let turn = 0; turn < 100; turn += 1) await undefined
    assert.equal(granted, limits.firstConnections)
    gone.abort(new Error('enough'))
    const refused = (await all).filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 8 - limits.firstConnections)
  })
})

describe('REQUIRETLS', () => {
  const parameters = { ...noMailParameters, requireTls: true }
  const tls = { names: ['mx1.there.example', 'mx2.there.example'] }
  const secure = { keywords: ['STARTTLS'] }
  const authentic = 'all' as const

  test('goes to the host that offers it', async () => {
    const without = new ScriptedHost(secure)
    const host = new ScriptedHost({ keywords: ['STARTTLS', 'REQUIRETLS'] })
    await using at = await TemporaryCarriage.open({
      dns: { ...there, authentic },
      hosts: { [first]: { serve: without.serve, tls }, [second]: { serve: host.serve, tls } },
    })
    const carried = await at.send('bob@there.example', { parameters })
    assert.deepEqual(said(carried), [yes])
    assert.equal(without.taken.length, 0)
  })

  test('fails where none does, and what does not ask for it goes on', async () => {
    const host = new ScriptedHost(secure)
    await using at = await TemporaryCarriage.open({
      dns: { ...there, authentic },
      hosts: { [first]: { serve: host.serve, tls }, [second]: { serve: host.serve, tls } },
    })
    await using courier = await at.courier('direct:there.example')
    await courier.carry(mailTo(['bob@there.example']))
    const carried = await courier.carry(mailTo(['carol@there.example'], { parameters }))
    assert.match(said(carried)[0] ?? '', /^failed tls 5\.7\.30 /)
    assert.equal(carried.isOfHop, false)
    assert.deepEqual(said(await at.send('bob@there.example')), [yes])
  })
})

test('`TLS-Required: No` leaves policies aside, for that message alone', async () => {
  const host = new ScriptedHost()
  const asked: (boolean | undefined)[] = []
  await using at = await TemporaryCarriage.open({
    dns: there,
    hosts: { [first]: host },
    needs: {
      tlsPolicy: {
        async of({ ignoresPolicies, domain }) {
          asked.push(ignoresPolicies)
          const policy = { type: 'no-policy-found', domain, lines: [], hosts: [], fault: undefined } as const
          return { kind: 'demand', demand: { kind: 'opportunistic' }, policy, notes: [] }
        },
      },
    },
  })
  await using courier = await at.courier('direct:there.example')
  const spooled = textMessage('Subject: tea\r\nTLS-Required: No\r\n\r\nhot\r\n')
  const quoted = textMessage('Subject: tea\r\n\r\nTLS-Required: No\r\n')
  await courier.carry(mailTo(['bob@there.example'], { spooled }))
  await courier.carry(mailTo(['bob@there.example'], { spooled: quoted }))
  await courier.carry(mailTo(['bob@there.example'], { spooled }))
  assert.deepEqual(asked, [true, false])
})

describe('a smarthost', () => {
  const routes = { direct: directRoute, office: smarthost() }

  test('takes what the rules give it, of any domain, over one connection', async () => {
    const host = new ScriptedHost()
    await using at = await TemporaryCarriage.open({
      dns: there,
      hosts: { [`${office}:587`]: host },
      settings: { routes, route: 'office' },
    })
    await at.send('bob@there.example')
    await at.send('bob@null.example')
    assert.deepEqual([host.connections, host.taken.length], [1, 2])
    assert.equal(at.hop('bob@anywhere.example'), 'office')
  })

  test('that cannot be found is our own trouble, and passes', async () => {
    await using at = await TemporaryCarriage.open({ settings: { routes, route: 'office' } })
    const carried = await at.send('bob@there.example')
    assert.deepEqual(said(carried), ['deferred dns 4.4.3 smtp.office.example has no address'])
    assert.equal(carried.isOfHop, true)
  })

  const login: readonly (readonly [what: string, script: Script, wanted: RegExp])[] = [
    ['takes the name and password', {}, /^250 /],
    [
      'that does not know them keeps all mail waiting',
      { answer: line => (line.startsWith('AUTH') ? '535 5.7.8 no' : undefined) },
      /^deferred \S+ 4\.7\.8 /,
    ],
  ]
  for (const [what, script, wanted] of login)
    test(what, async () => {
      const host = new ScriptedHost({ keywords: ['STARTTLS', 'AUTH PLAIN'], ...script })
      const credentials = new Map([['office', { user: 'us', password: new Secret('hunter2') }]])
      await using at = await TemporaryCarriage.open({
        dns: there,
        hosts: { [`${office}:587`]: { serve: host.serve, tls: { names: ['smtp.office.example'] } } },
        settings: { routes: { office: smarthost({ tls: 'starttls' }) }, route: 'office' },
        needs: { credentials },
      })
      const carried = await at.send('bob@there.example')
      assert.match(said(carried)[0] ?? '', wanted)
      assert.equal(carried.isOfHop, !wanted.test(yes))
      assert.doesNotMatch(JSON.stringify(carried.tries.map(one => one.transcript)), /hunter2|dXM/)
    })

  test('with another’s certificate gets nothing', async () => {
    const host = new ScriptedHost({ keywords: ['STARTTLS'] })
    await using at = await TemporaryCarriage.open({
      dns: there,
      hosts: { [`${office}:587`]: { serve: host.serve, tls: { names: ['elsewhere.example'] } } },
      settings: { routes: { office: smarthost({ tls: 'starttls' }) }, route: 'office' },
    })
    const carried = await at.send('bob@there.example')
    assert.equal(carried.outcomes[0]?.kind, 'deferred')
    assert.deepEqual([host.taken.length, carried.isOfHop], [0, true])
  })
})

test('while port 25 is blocked, the fallback takes it, and later it is tried again', async () => {
  const host = new ScriptedHost()
  const routes = { direct: { ...directRoute, fallback: 'office' }, office: smarthost() }
  const exchangers = Object.fromEntries(
    Array.from({ length: 6 }, (_, at) => [`d${at}.example`, [{ host: `mx.d${at}.example`, preference: 10 }]] as const),
  )
  const addresses = Object.fromEntries(
    Object.keys(exchangers).map((domain, at) => [`mx.${domain}`, [`198.51.100.${at}`]] as const),
  )
  await using at = await TemporaryCarriage.open({
    dns: { exchangers, addresses: { ...addresses, 'smtp.office.example': [office] } },
    hosts: { [`${office}:587`]: host },
    settings: { routes },
  })
  at.network.otherwise = 'unreachable'
  // Somebody answers between them, however little he likes us: then it is they who are dead.
  for (let count = 0; count < limits.blockedAfter - 1; count += 1) await at.send(`bob@d${count}.example`)
  at.network.set('198.51.100.5', 25, new ScriptedHost({ greeting: '554 5.7.1 go away' }))
  await at.send('bob@d5.example')
  at.clock.advance(limits.firstSpareMs)
  for (let count = 0; count < limits.blockedAfter; count += 1) {
    assert.equal(at.hop(`bob@d${count}.example`), `direct:d${count}.example`)
    await at.send(`bob@d${count}.example`)
  }
  at.network.set('198.51.100.5', 25, 'unreachable')
  assert.equal(at.hop('bob@d5.example'), 'office')
  assert.deepEqual(said(await at.send('bob@d5.example')), [yes])
  at.clock.advance(limits.blockedMs)
  at.network.set('198.51.100.5', 25, new ScriptedHost())
  assert.equal(at.hop('bob@d5.example'), 'direct:d5.example')
  assert.deepEqual(said(await at.send('bob@d5.example')), [yes])
  assert.deepEqual(
    at.log.events.map(({ event }) => event),
    ['send.blocked', 'send.unblocked'],
  )
})

test('each source has its name and its address, and a new one its share', async () => {
  const host = new ScriptedHost()
  const sources = {
    default: [
      { ipv4: '192.0.2.101', ipv6: undefined, helloName: 'out1.example.com', warmUp: true },
      { ipv4: '192.0.2.102', ipv6: undefined, helloName: 'out2.example.com', warmUp: true },
    ],
  }
  await using at = await TemporaryCarriage.open({
    dns: there,
    hosts: { [first]: host },
    settings: { sources, warmUpPerDay: [24] },
  })
  await at.send('bob@other.example')
  await at.send('bob@other.example')
  assert.deepEqual(
    at.network.dials.map(({ localAddress }) => localAddress),
    ['192.0.2.101', '192.0.2.102'],
  )
  assert.deepEqual(
    host.commands.filter(line => line.startsWith('EHLO')),
    ['EHLO out1.example.com', 'EHLO out2.example.com'],
  )
  const third = await at.send('bob@other.example')
  const [outcome] = third.outcomes
  assert.ok(outcome?.kind === 'deferred' && outcome.notBefore === at.clock.now() + 3_600_000)
  assert.equal(third.isOfHop, true)
  at.clock.advance(3_600_000)
  assert.deepEqual(said(await at.send('bob@other.example')), [yes])
})

test('who asks is told what would become of a message', async () => {
  await using at = await TemporaryCarriage.open({ dns: there })
  const asked = { accountId: 1, sender: 'alice@example.com', recipient: 'bob@there.example', tries: 0 }
  const { route, destination, sources } = await at.carriage.explain(asked)
  assert.deepEqual(route, { kind: 'hop', hop: 'direct:there.example' })
  assert.ok(destination?.kind === 'destination')
  assert.deepEqual(
    [destination.provider, destination.hosts.map(({ name, port }) => `${name}:${port}`)],
    ['there.example', ['mx1.there.example:25', 'mx2.there.example:25']],
  )
  assert.deepEqual(
    sources.map(({ source, pace, warmUp }) => [source.key, pace, warmUp]),
    [['any', undefined, undefined]],
  )
  assert.equal(at.network.dials.length, 0)
})

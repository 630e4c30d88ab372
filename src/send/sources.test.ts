import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fixedDns } from '#io/fixed-dns.ts'
import { manualClock } from '#io/manual-clock.ts'
import { limits } from './limits.ts'
import { inTurn } from './reach.ts'
import { SourceAddresses, sourceOf } from './sources.ts'

const peer4 = '8.8.4.4'
const peer6 = '2a00:1450::1'
const own6 = '2a01:4f8::25'

const right = {
  pointers: { [own6]: ['mail.example.com'] },
  addresses: { 'mail.example.com': ['1.1.1.1', '2A01:04F8:0:0::25'] },
}

const table: readonly (readonly [
  string,
  { ipv4?: string; ipv6?: string },
  Parameters<typeof fixedDns>[0],
  string[],
])[] = [
  ['a PTR record that leads back', { ipv4: '1.1.1.1', ipv6: own6 }, right, [peer6, peer4]],
  ['none', { ipv4: '1.1.1.1', ipv6: own6 }, {}, [peer4]],
  [
    'one that leads elsewhere',
    { ipv4: '1.1.1.1', ipv6: own6 },
    { ...right, addresses: { 'mail.example.com': ['2a01::1'] } },
    [peer4],
  ],
  ['one to a name without address', { ipv4: '1.1.1.1', ipv6: own6 }, { pointers: right.pointers }, [peer4]],
  ['no answer', { ipv4: '1.1.1.1', ipv6: own6 }, { pointers: { [own6]: 'unknown' } }, [peer4]],
  ['IPv6 alone', { ipv6: own6 }, right, [peer6]],
  ['IPv4 alone', { ipv4: '1.1.1.1' }, right, [peer4]],
  ['whatever the system has', {}, right, [peer4]],
]

describe('IPv6 goes where the PTR record of our address leads back', () => {
  for (const [what, { ipv4, ipv6 }, answers, wanted] of table)
    test(what, async () => {
      const source = sourceOf({ ipv4, ipv6, helloName: undefined, warmUp: false }, 'mail.example.com')
      const addresses = new SourceAddresses({ dns: fixedDns(answers), clock: manualClock() })
      assert.deepEqual(await addresses.usable(source, [peer4, peer6]), wanted)
    })
})

test('where the system chooses, IPv6 goes from the address whose PTR record leads back', async () => {
  const any = sourceOf({ ipv4: undefined, ipv6: undefined, helloName: undefined, warmUp: false }, 'mail.example.com')
  const known = new SourceAddresses({ dns: fixedDns(right), clock: manualClock(), ownIpv6: own6 })
  assert.deepEqual(await known.usable(any, [peer6, peer4]), [peer6, peer4])
  assert.equal(known.localAddress(any, peer6), own6)
  assert.equal(known.localAddress(any, peer4), undefined)
  assert.equal(known.localAddress(any, 'fd00::1'), undefined)
  const unknown = new SourceAddresses({ dns: fixedDns(), clock: manualClock(), ownIpv6: own6 })
  assert.deepEqual(await unknown.usable(any, [peer6, peer4]), [peer4])
})

test('what is not of the world needs no PTR record', async () => {
  const any = sourceOf({ ipv4: undefined, ipv6: undefined, helloName: undefined, warmUp: false }, 'mail.example.com')
  const addresses = new SourceAddresses({ dns: fixedDns(), clock: manualClock() })
  assert.deepEqual(await addresses.usable(any, ['fd00::1', '::1', '127.0.0.1']), ['fd00::1', '::1', '127.0.0.1'])
})

test('a PTR record that was set right is seen after some minutes, and not asked for each time', async () => {
  let asked = 0
  let answers: Parameters<typeof fixedDns>[0] = {}
  const dns = {
    pointers: (address: string) => {
      asked += 1
      return fixedDns(answers).pointers(address)
    },
    addresses: (name: string, family?: 4 | 6) => fixedDns(answers).addresses(name, family),
  }
  const clock = manualClock()
  const addresses = new SourceAddresses({ dns, clock })
  const source = sourceOf({ ipv4: '1.1.1.1', ipv6: own6, helloName: undefined, warmUp: false }, 'mail.example.com')
  assert.deepEqual(await addresses.usable(source, [peer6]), [])
  answers = right
  assert.deepEqual(await addresses.usable(source, [peer6]), [])
  clock.advance(limits.pointerWrongMs)
  assert.deepEqual(await addresses.usable(source, [peer6]), [peer6])
  assert.deepEqual(await addresses.usable(source, [peer6]), [peer6])
  assert.equal(asked, 2)
})

test('a source is called by its addresses, and says its name', () => {
  const settings = { ipv4: '192.0.2.1', ipv6: undefined, helloName: undefined, warmUp: false }
  assert.deepEqual(sourceOf(settings, 'mail.example.com'), {
    ...settings,
    key: '192.0.2.1',
    helloName: 'mail.example.com',
  })
  assert.equal(sourceOf({ ...settings, helloName: 'out.example.com' }, 'mail.example.com').helloName, 'out.example.com')
})

test('this machine itself is not dialled from an address of the world', () => {
  const addresses = new SourceAddresses({ dns: fixedDns(), clock: manualClock() })
  const source = sourceOf({ ipv4: '192.0.2.1', ipv6: undefined, helloName: undefined, warmUp: false }, 'a.example')
  assert.equal(addresses.localAddress(source, '127.0.0.1'), undefined)
  assert.equal(addresses.localAddress(source, '192.0.2.9'), '192.0.2.1')
})

test('families take turns', () => {
  assert.deepEqual(inTurn(['::1', '::2', '::3', '1.1.1.1']), ['::1', '1.1.1.1', '::2', '::3'])
  assert.deepEqual(inTurn(['1.1.1.1', '1.1.1.2']), ['1.1.1.1', '1.1.1.2'])
})

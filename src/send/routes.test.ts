import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSend, devSend, directRoute, smarthostRoute } from './default-settings.ts'
import { domainTest, Routes } from './routes.ts'
import type { SendSettings } from './settings.ts'

const office = { ...smarthostRoute, hosts: [{ host: 'smtp.office.example', port: 587 }], tls: 'starttls' } as const
const settings: Pick<SendSettings, 'routes' | 'rules' | 'route'> = {
  route: 'direct',
  routes: {
    direct: { ...directRoute, fallback: 'office' },
    bulk: directRoute,
    office,
    stop: { kind: 'held', reason: 'not before Monday' },
  },
  rules: [
    { senderDomains: ['news.example'], recipientDomains: undefined, afterTries: undefined, route: 'bulk' },
    {
      senderDomains: undefined,
      recipientDomains: ['*.partner.example', 'partner.example'],
      afterTries: undefined,
      route: 'office',
    },
    { senderDomains: ['shop.example'], recipientDomains: ['slow.example'], afterTries: 3, route: 'office' },
    { senderDomains: undefined, recipientDomains: ['stopped.example'], afterTries: undefined, route: 'stop' },
  ],
}

const table: readonly (readonly [what: string, sender: string, recipient: string, tries: number, wanted: string])[] = [
  ['no rule', 'a@shop.example', 'b@There.Example', 0, 'direct:there.example'],
  ['an umlaut', 'a@shop.example', 'b@bücher.example', 0, 'direct:xn--bcher-kva.example'],
  ['an address literal', 'a@shop.example', 'b@[192.0.2.7]', 0, 'direct:[192.0.2.7]'],
  ['the null path', '', 'b@there.example', 0, 'direct:there.example'],
  ['by the sender', 'a@news.example', 'b@partner.example', 0, 'bulk:partner.example'],
  ['by the recipient', 'a@shop.example', 'b@partner.example', 0, 'office'],
  ['below a domain', 'a@shop.example', 'b@x.y.partner.example', 0, 'office'],
  ['not by an end that is no label', 'a@shop.example', 'b@otherpartner.example', 0, 'direct:otherpartner.example'],
  ['before the tries', 'a@shop.example', 'b@slow.example', 2, 'direct:slow.example'],
  ['after them', 'a@shop.example', 'b@slow.example', 3, 'office'],
  ['after them, of another', 'a@other.example', 'b@slow.example', 9, 'direct:slow.example'],
  ['held', 'a@shop.example', 'b@stopped.example', 0, 'held: not before Monday'],
  ['what is no address', 'a@shop.example', 'nobody', 0, 'held: the recipient is no address'],
]

function routed(routes: Routes, sender: string, recipient: string, tries = 0): string {
  const route = routes.route({ accountId: 1, sender, recipient, tries })
  return route.kind === 'hop' ? route.hop : `held: ${route.reason}`
}

describe('the first rule that fits decides', () => {
  const routes = new Routes(settings, () => false)
  for (const [what, sender, recipient, tries, wanted] of table)
    test(what, () => assert.equal(routed(routes, sender, recipient, tries), wanted))
})

test('while no port 25 can be reached, routes with a fallback take it', () => {
  let isBlocked = true
  const routes = new Routes(settings, () => isBlocked)
  assert.equal(routed(routes, 'a@shop.example', 'b@there.example'), 'office')
  assert.equal(routed(routes, 'a@news.example', 'b@there.example'), 'bulk:there.example')
  isBlocked = false
  assert.equal(routed(routes, 'a@shop.example', 'b@there.example'), 'direct:there.example')
})

test('a hop leads back to its route', () => {
  const routes = new Routes(settings, () => false)
  assert.deepEqual(routes.hop('direct:there.example'), {
    name: 'direct',
    route: settings.routes['direct'],
    domain: 'there.example',
  })
  assert.deepEqual(routes.hop('direct:[ipv6:2001:db8::1]')?.domain, '[ipv6:2001:db8::1]')
  assert.deepEqual(routes.hop('office'), { name: 'office', route: office, domain: undefined })
  for (const gone of ['gone', 'gone:there.example', 'stop', 'direct', 'office:there.example', '', 'toString'])
    assert.equal(routes.hop(gone), undefined, gone)
})

test('development lets nothing out unless it is told to', () => {
  const of = (wanted: Parameters<typeof devSend>[0]) =>
    routed(new Routes(devSend(wanted), () => false), 'a@shop.example', 'b@there.example')
  assert.equal(of({ kind: 'held' }), 'held: posthouse dev lets no mail out')
  assert.equal(of({ kind: 'direct' }), 'direct:there.example')
  assert.equal(of({ kind: 'smarthost', host: '127.0.0.1', port: 1025 }), 'smarthost')
  assert.equal(routed(new Routes(defaultSend, () => false), '', 'b@there.example'), 'direct:there.example')
})

test('`*` is any domain', () => {
  assert.equal(domainTest(['*'])('there.example'), true)
  assert.equal(domainTest(undefined)('there.example'), true)
  assert.equal(domainTest([])('there.example'), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standardListener } from '#config/defaults.ts'
import { defaultSend } from '#send/default-settings.ts'
import { OwnHosts } from './own-hosts.ts'

test('an MX that leads to us is known by our names, and on our port by our addresses', () => {
  const mx = standardListener({ name: 'mx', protocol: 'mx', port: 2525, tls: 'starttls' }, '127.0.0.1')
  const source = { ipv4: '192.0.2.1', ipv6: undefined, helloName: 'Out.example.com', warmUp: false }
  const send = { ...defaultSend, sources: { bulk: [source] } }
  const own = new OwnHosts({ hostname: 'mail.example.com', listeners: [mx], send }, ['127.0.0.1', '198.51.100.1'])
  const there = own.on(25)
  const here = own.on(2525)
  assert.deepEqual(
    ['MAIL.example.com', 'out.example.com', 'mx.other.example'].map(name => there.name(name)),
    [true, true, false],
  )
  assert.deepEqual(
    ['127.0.0.1', '198.51.100.1', '192.0.2.1', '192.0.2.2'].map(address => here.address(address)),
    [true, true, true, false],
  )
  assert.equal(there.address('198.51.100.1'), false)
})

test('however an address is written', () => {
  const mx = standardListener({ name: 'mx', protocol: 'mx', port: 25, tls: 'starttls' }, '127.0.0.1')
  const given = { hostname: 'mail.example.com', listeners: [mx], send: defaultSend }
  const { address } = new OwnHosts(given, ['2001:db8::1', '192.0.2.1']).on(25)
  assert.deepEqual(
    ['2001:DB8:0:0::1', '2001:db8::0.0.0.1', '::ffff:192.0.2.1', '2001:db8::2', 'nonsense'].map(one => address(one)),
    [true, true, true, false, false],
  )
})

test('on the port of all mail loopback is this machine, whoever listens: the MX of no other', () => {
  const own = new OwnHosts({ hostname: 'mail.example.com', listeners: [], send: defaultSend }, [])
  const loopback = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']
  assert.deepEqual(loopback.map(own.on(25).address), [true, true, true, true])
  // Tests, and filters on this machine.
  assert.deepEqual(loopback.map(own.on(2525).address), [false, false, false, false])
  assert.equal(own.on(25).address('10.0.0.1'), false)
})

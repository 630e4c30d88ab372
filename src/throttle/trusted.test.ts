import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineOf, networkOf } from './network.ts'
import { trustedNetworks } from './trusted.ts'

test('an address is trusted if it lies in one of the networks', () => {
  const isTrusted = trustedNetworks(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32', '::1', '::ffff:198.51.100.1'])
  const table: [string, boolean][] = [
    ['127.0.0.1', true],
    ['::ffff:127.0.0.1', true],
    ['127.0.0.66', false],
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['::1', true],
    ['198.51.100.1', true],
    ['unix', false],
    ['', false],
  ]
  for (const [address, wanted] of table) assert.equal(isTrusted(address), wanted, address)
  assert.equal(trustedNetworks([])('127.0.0.1'), false)
})

test('an entry that is no network is named', () => {
  for (const wrong of ['10.0.0.0/33', 'example.test', '10.0.0/8/8', '']) {
    assert.throws(
      () => trustedNetworks([wrong]),
      new RegExp(`^Error: ${wrong.replaceAll('.', '\\.')} is no network`),
      wrong,
    )
  }
})

test('addresses share a network and a line', () => {
  const table: [string, string, string][] = [
    ['192.0.2.77', '192.0.2.0/24', '192.0.2.77'],
    ['::ffff:192.0.2.77', '192.0.2.0/24', '192.0.2.77'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0:0::/64'],
    ['unix', 'unix', 'unix'],
  ]
  for (const [address, network, line] of table) {
    assert.equal(networkOf(address), network)
    assert.equal(lineOf(address), line)
  }
})

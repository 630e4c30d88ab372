import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress, printAddress } from './address.ts'

const table: readonly (readonly [string, string, string, string])[] = [
  ['alice@example.test', 'alice', 'example.test', 'alice@example.test'],
  ['Alice.B+x@EXAMPLE.Test', 'Alice.B+x', 'example.test', 'Alice.B+x@example.test'],
  ["!#$%&'*+-/=?^_`{|}~@a", "!#$%&'*+-/=?^_`{|}~", 'a', "!#$%&'*+-/=?^_`{|}~@a"],
  ['"odd local"@a.b', 'odd local', 'a.b', '"odd local"@a.b'],
  ['"a\\"b\\\\c@d"@a.b', 'a"b\\c@d', 'a.b', '"a\\"b\\\\c@d"@a.b'],
  ['"plain"@a.b', 'plain', 'a.b', 'plain@a.b'],
  ['"a..b"@a.b', 'a..b', 'a.b', '"a..b"@a.b'],
  ['jörg@bücher.example', 'jörg', 'xn--bcher-kva.example', 'jörg@xn--bcher-kva.example'],
  ['a@[192.0.2.1]', 'a', '[192.0.2.1]', 'a@[192.0.2.1]'],
  ['a@[IPv6:2001:DB8::1]', 'a', '[ipv6:2001:db8::1]', 'a@[ipv6:2001:db8::1]'],
]

for (const [text, localPart, domain, printed] of table) {
  test(`address ${text}`, () => {
    const address = parseAddress(text)
    assert.deepEqual(address, { localPart, domain })
    assert.equal(printAddress({ localPart, domain }), printed)
    assert.deepEqual(parseAddress(printed), address)
  })
}

for (const text of [
  '',
  'alice',
  '@a',
  'a@',
  'a@b@c',
  '.a@b',
  'a.@b',
  'a..b@c',
  'a b@c',
  ' a@b',
  'a@b ',
  '<a@b>',
  'Ada <a@b>',
  '""@a',
  '"a@b',
  '"a"b"@c',
  '"a\nb"@c',
  'a\u0085@b',
  'a\u2028@b',
  'a,b@c',
  'a@b..c',
  'a@-b',
  'a@[300]',
  'a@[192.0.2.1',
  `${'a'.repeat(600)}@b`,
]) {
  test(`no address: ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.equal(parseAddress(text), undefined)
  })
}

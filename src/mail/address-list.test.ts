import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddressList } from './address-list.ts'
import { maxAddresses } from './limits.ts'

/** [name, mailbox, host] each; undefined as in EnvelopeAddress. */
type Address = readonly [string | undefined, string | undefined, string | undefined]

const end: Address = [undefined, undefined, undefined]

const table: readonly (readonly [string, readonly Address[]])[] = [
  ['', []],
  [' , ,', []],
  ['a@b.example', [[undefined, 'a', 'b.example']]],
  ['<a@b.example>', [[undefined, 'a', 'b.example']]],
  [
    'Ada <a@b>, Bob <c@d>',
    [
      ['Ada', 'a', 'b'],
      ['Bob', 'c', 'd'],
    ],
  ],
  ['Ada  B.\t C. <a@b>', [['Ada B. C.', 'a', 'b']]],
  ['"Byron, Ada" <a@b>', [['Byron, Ada', 'a', 'b']]],
  ['"a \\"quoted\\" \\\\ name" <a@b>', [['a "quoted" \\ name', 'a', 'b']]],
  ['"Ada" Byron <a@b>', [['Ada Byron', 'a', 'b']]],
  ['=?utf-8?Q?J=C3=B6rg?= <a@b>', [['=?utf-8?Q?J=C3=B6rg?=', 'a', 'b']]],
  ['J\xf6rg <j\xf6@b\xfc>', [['J\xf6rg', 'j\xf6', 'b\xfc']]],
  ['"" <a@b>', [[undefined, 'a', 'b']]],
  // Comments as names, and in all places where they are allowed.
  ['a@b (Ada)', [['Ada', 'a', 'b']]],
  ['a@b (Ada (the \\) first))', [['Ada (the ) first)', 'a', 'b']]],
  ['<a@b> (Ada)', [['Ada', 'a', 'b']]],
  ['Ada <a@b> (at work)', [['Ada', 'a', 'b']]],
  ['(x) a (y) @ (z) b', [['z', 'a', 'b']]],
  [
    'a@b (A), c@d',
    [
      ['A', 'a', 'b'],
      [undefined, 'c', 'd'],
    ],
  ],
  // Local parts and domains.
  ['"odd local"@b', [[undefined, 'odd local', 'b']]],
  ['<"a@c"@b>', [[undefined, 'a@c', 'b']]],
  ['a.b . c @ d . e', [[undefined, 'a.b.c', 'd.e']]],
  ['a@[192.0.2.1]', [[undefined, 'a', '[192.0.2.1]']]],
  ['a@[IPv6:2001:db8::1]', [[undefined, 'a', '[IPv6:2001:db8::1]']]],
  // Source routes (RFC 5322 4.4).
  ['<@x.example,@y.example:a@b>', [[undefined, 'a', 'b']]],
  [
    'Ada <@x:a@b>, c@d',
    [
      ['Ada', 'a', 'b'],
      [undefined, 'c', 'd'],
    ],
  ],
  // Groups.
  ['Team: a@b, C <c@d>;', [[undefined, 'Team', undefined], [undefined, 'a', 'b'], ['C', 'c', 'd'], end]],
  ['Undisclosed recipients:;', [[undefined, 'Undisclosed recipients', undefined], end]],
  ['"The: team":a@b;, c@d', [[undefined, 'The: team', undefined], [undefined, 'a', 'b'], end, [undefined, 'c', 'd']]],
  ['A:;B:;', [[undefined, 'A', undefined], end, [undefined, 'B', undefined], end]],
  ['open group: a@b', [[undefined, 'open group', undefined], [undefined, 'a', 'b'], end]],
  // Missing and misplaced.
  ['alice', [[undefined, 'alice', '']]],
  ['@b', [[undefined, '', 'b']]],
  ['a@', [[undefined, 'a', '']]],
  ['<>', []],
  ['Ada <>', [['Ada', '', '']]],
  ['Ada Byron a@b', [['Ada Byron', 'a', 'b']]],
  ['a@b:c', [[undefined, 'a', 'b:c']]],
  ['a@b, Team: c@d;', [[undefined, 'a', 'b'], [undefined, 'Team', undefined], [undefined, 'c', 'd'], end]],
  ['a@b c@d', [['a@b', 'c', 'd']]],
  ['a@b@c', [[undefined, 'a@b', 'c']]],
  [
    'a@b; c@d',
    [
      [undefined, 'a', 'b'],
      [undefined, 'c', 'd'],
    ],
  ],
  [
    '<a@b, <c@d>',
    [
      [undefined, 'a', 'b'],
      [undefined, 'c', 'd'],
    ],
  ],
  [
    '<a@b> <c@d>',
    [
      [undefined, 'a', 'b'],
      [undefined, 'c', 'd'],
    ],
  ],
  [
    'Ada <<a@b>>, c@d',
    [
      ['Ada', 'a', 'b'],
      [undefined, 'c', 'd'],
    ],
  ],
  ['>a@b', [[undefined, '>a', 'b']]],
  ['"open <a@b>, c@d', [[undefined, 'open <a@b>, c@d', '']]],
  ['(open a@b', []],
  ['"ends in \\', [[undefined, 'ends in ', '']]],
]

for (const [text, wanted] of table) {
  test(`addresses in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(
      parseAddressList(text).map(({ name, mailbox, host }) => [name, mailbox, host]),
      wanted,
    )
  })
}

test('no more addresses than the limit', () => {
  assert.equal(parseAddressList('a@b,'.repeat(maxAddresses + 5)).length, maxAddresses)
})

test('hostile lists end, without a throw', () => {
  const pieces = ['<', '>', '"', '\\', '(', ')', '@', ':', ';', ',', '[', ']', 'a', ' ', '.', '\xe9', '\0']
  let seed = 1
  for (let round = 0; round < 2_000; round += 1) {
    let text = ''
    for (let index = 0; index < 30; index += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      text += pieces[Math.floor((seed / 2_147_483_648) * pieces.length)]
    }
    let depth = 0
    for (const { mailbox, host } of parseAddressList(text)) {
      if (host === undefined) depth += mailbox === undefined ? -1 : 1
      assert.ok(depth === 0 || depth === 1, `groups open and close in ${JSON.stringify(text)}`)
    }
    assert.equal(depth, 0, text)
  }
})

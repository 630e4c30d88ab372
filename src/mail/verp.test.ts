import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { dayMs, fromBase32, toBase32 } from './return-path.ts'
import { readVerp, verpLocalPart } from './verp.ts'

const signer = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest()
const sign = signer('one')
const now = 20_000 * dayMs + 5
const domain = 'example.test'

const made = (localPart: string, messageId = '00ff10a7b3c4d5e6') =>
  verpLocalPart({ sign, now }, { localPart, domain, messageId })

describe('return paths that name their message', () => {
  for (const [localPart, messageId] of [
    ['alice', '00ff10a7b3c4d5e6'],
    ['alice+news', '0000000000000000'],
    ['alice', 'm1'],
    ['jörg', 'notice-7'],
    ['a', '0123456789abcdef01234567'],
  ] as const)
    test(`${localPart}, ${messageId}`, () => {
      const whole = made(localPart, messageId) ?? assert.fail()
      assert.match(whole, /\+b=[a-z2-7]+$/)
      assert.ok(Buffer.byteLength(whole) <= 64)
      assert.deepEqual(readVerp({ sign, now: now + 20 * dayMs }, { localPart: whole, domain }), {
        kind: 'ours',
        localPart,
        messageId,
      })
    })

  test('in any case, for servers that fold', () => {
    const whole = made('Alice') ?? assert.fail()
    assert.equal(readVerp({ sign, now }, { localPart: whole.toUpperCase(), domain })?.kind, 'ours')
    assert.equal(readVerp({ sign, now }, { localPart: whole.toLowerCase(), domain })?.kind, 'ours')
  })

  test('where it would be too long there is none', () => {
    assert.equal(made('x'.repeat(38)), undefined)
    assert.equal(made('x'.repeat(37))?.length, 64)
    assert.equal(made('ö'.repeat(19)), undefined)
    assert.equal(made('alice', 'x'.repeat(25)), undefined)
    assert.equal(made('alice', ''), undefined)
  })

  test('a token that nobody here signed, or that is too old, leaves the address', () => {
    const whole = made('alice') ?? assert.fail()
    const last = whole.endsWith('a') ? 'b' : 'a'
    for (const [localPart, at, of] of [
      [`${whole.slice(0, -1)}${last}`, now, domain],
      [whole.replace('alice', 'alicf'), now, domain],
      [whole, now, 'other.test'],
      [whole, now + 41 * dayMs, domain],
      [whole, now - 2 * dayMs, domain],
      ['alice+b=aaaaaaaaaaaa', now, domain],
    ] as const)
      assert.deepEqual(readVerp({ sign, now: at }, { localPart, domain: of }), {
        kind: 'unsigned',
        localPart: localPart.slice(0, 5),
      })
    assert.equal(readVerp({ sign: signer('two'), now }, { localPart: whole, domain })?.kind, 'unsigned')
  })

  test('other details are none', () => {
    for (const localPart of [
      'alice',
      'alice+b',
      'alice+b=',
      'alice+b=short',
      'alice+b=with-other1letters',
      '+b=aaaaaaaaaaaa',
    ])
      assert.equal(readVerp({ sign, now }, { localPart, domain }), undefined, localPart)
  })
})

// RFC 4648 10, in lower case and without padding.
for (const [text, base32] of [
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foob', 'mzxw6yq'],
  ['fooba', 'mzxw6ytb'],
  ['foobar', 'mzxw6ytboi'],
] as const)
  test(`base32 of "${text}"`, () => {
    assert.equal(toBase32(Buffer.from(text)), base32)
    assert.deepEqual(Buffer.from(fromBase32(base32.toUpperCase()) ?? []), Buffer.from(text))
  })

test('what is no base32', () => {
  for (const text of ['m', 'mz=', 'm1', 'mzxw7']) assert.equal(fromBase32(text), undefined, text)
})

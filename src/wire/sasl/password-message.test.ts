import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { readLogin, readPlain } from './password-message.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const plain: readonly [name: string, response: string | Uint8Array, wanted: string | undefined][] = [
  ['for oneself', '\0alice\0secret', '/alice/secret'],
  ['naming oneself', 'Alice@example.test\0alice@example.test\0x', 'Alice@example.test/alice@example.test/x'],
  ['for somebody else', 'bob\0alice\0x', 'bob/alice/x'],
  ['in UTF-8', '\0ålice\0pässwört 字', '/ålice/pässwört 字'],
  ['keeps a byte order mark', '\0a\0\ufeffx', '/a/\ufeffx'],
  ['no NUL', 'alice', undefined],
  ['one NUL', 'alice\0secret', undefined],
  ['three NULs', '\0alice\0sec\0ret', undefined],
  ['without a user', '\0\0secret', undefined],
  ['without a password', '\0alice\0', undefined],
  ['nothing', '', undefined],
  ['latin1', Uint8Array.of(0, 97, 0, 0xe9), undefined],
  ['a password without end', `\0alice\0${'x'.repeat(4097)}`, undefined],
  ['the longest password', `\0a\0${'x'.repeat(4096)}`, `/a/${'x'.repeat(4096)}`],
  ['a user without end', `\0${'x'.repeat(1025)}\0x`, undefined],
]

for (const [name, response, wanted] of plain) {
  test(`sasl plain: ${name}`, () => {
    const octets = typeof response === 'string' ? bytes(response) : response
    if (wanted === undefined) return assert.throws(() => readPlain(octets), ParseError)
    const { authorizationId, user, password } = readPlain(octets)
    assert.equal(`${authorizationId}/${user}/${password}`, wanted)
  })
}

test('sasl login: two texts, neither empty, neither with a NUL', () => {
  assert.deepEqual(readLogin(bytes('alice'), bytes('a b')), { user: 'alice', password: 'a b' })
  for (const [user, password] of [
    ['', 'x'],
    ['a', ''],
    ['a\0b', 'x'],
    ['a', 'x\0y'],
  ] as const)
    assert.throws(() => readLogin(bytes(user), bytes(password)), ParseError, `${user} ${password}`)
})

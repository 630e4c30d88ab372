import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mechanismNames, startExchange } from './exchange.ts'
import type { SaslStep } from './mechanism.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Challenges as text, then how it ended. */
function play(
  mechanism: string,
  initial: string | Uint8Array | undefined,
  responses: readonly (string | Uint8Array)[],
) {
  const octets = (item: string | Uint8Array): Uint8Array => (typeof item === 'string' ? bytes(item) : item)
  const exchange = startExchange(mechanism)
  assert.ok(exchange)
  const said: string[] = []
  let step: SaslStep = exchange.start(initial === undefined ? undefined : octets(initial))
  for (const response of responses) {
    assert.equal(step.kind, 'challenge')
    if (step.kind === 'challenge') said.push(new TextDecoder().decode(step.bytes))
    step = exchange.respond(octets(response))
  }
  if (step.kind === 'credentials') return [...said, `${step.authorizationId}/${step.user}/${step.password}`]
  return [...said, step.kind]
}

const cases: readonly [
  name: string,
  mechanism: string,
  initial: string | Uint8Array | undefined,
  responses: readonly (string | Uint8Array)[],
  wanted: readonly string[],
][] = [
  ['PLAIN with an initial response', 'PLAIN', '\0alice\0secret', [], ['/alice/secret']],
  ['PLAIN after an empty challenge', 'plain', undefined, ['\0alice\0secret'], ['', '/alice/secret']],
  ['PLAIN naming oneself', 'PLAIN', 'Alice@example.test\0alice@example.test\0x', [], ['/alice@example.test/x']],
  ['PLAIN for somebody else', 'PLAIN', 'bob\0alice\0x', [], ['bob/alice/x']],
  ['PLAIN in UTF-8', 'PLAIN', '\0ålice\0pässwört 字', [], ['/ålice/pässwört 字']],
  ['PLAIN keeps a byte order mark', 'PLAIN', '\0a\0\ufeffx', [], ['/a/\ufeffx']],
  ['PLAIN with no NUL', 'PLAIN', 'alice', [], ['malformed']],
  ['PLAIN with one NUL', 'PLAIN', 'alice\0secret', [], ['malformed']],
  ['PLAIN with three NULs', 'PLAIN', '\0alice\0sec\0ret', [], ['malformed']],
  ['PLAIN without a user', 'PLAIN', '\0\0secret', [], ['malformed']],
  ['PLAIN without a password', 'PLAIN', '\0alice\0', [], ['malformed']],
  ['PLAIN with nothing', 'PLAIN', '', [], ['malformed']],
  ['PLAIN in latin1', 'PLAIN', Uint8Array.of(0, 97, 0, 0xe9), [], ['malformed']],
  ['PLAIN with a password without end', 'PLAIN', `\0alice\0${'x'.repeat(4097)}`, [], ['malformed']],
  ['PLAIN with the longest password', 'PLAIN', `\0a\0${'x'.repeat(4096)}`, [], [`/a/${'x'.repeat(4096)}`]],
  ['LOGIN', 'LOGIN', undefined, ['alice', 'secret'], ['Username:', 'Password:', '/alice/secret']],
  ['LOGIN whose initial response is the user', 'login', 'alice', ['a b'], ['Password:', '/alice/a b']],
  ['LOGIN with an empty initial response', 'LOGIN', '', ['alice', 'x'], ['Username:', 'Password:', '/alice/x']],
  ['LOGIN with an empty user', 'LOGIN', undefined, ['', 'x'], ['Username:', 'Password:', 'malformed']],
  ['LOGIN with an empty password', 'LOGIN', undefined, ['a', ''], ['Username:', 'Password:', 'malformed']],
  ['LOGIN with a NUL in the user', 'LOGIN', 'a\0b', ['x'], ['Password:', 'malformed']],
]

for (const [name, mechanism, initial, responses, wanted] of cases) {
  test(`sasl: ${name}`, () => assert.deepEqual(play(mechanism, initial, responses), wanted))
}

test('sasl: every advertised mechanism exists, others do not', () => {
  for (const name of mechanismNames) assert.ok(startExchange(name), name)
  for (const name of ['', 'CRAM-MD5', 'ANONYMOUS', 'constructor']) assert.equal(startExchange(name), undefined, name)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toAsciiDomain } from './idna.ts'

const label64 = 'a'.repeat(64)

for (const [domain, wanted] of [
  ['Example.TEST', 'example.test'],
  ['localhost', 'localhost'],
  ['Bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.EXAMPLE', 'xn--bcher-kva.example'],
  ['bu\u0308cher.example', 'xn--bcher-kva.example'],
  ['faß.de', 'xn--fa-hia.de'],
  ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['a_b.example', 'a_b.example'],
  ['', undefined],
  ['.', undefined],
  ['a..b', undefined],
  ['.a', undefined],
  ['a.', undefined],
  ['-a.b', undefined],
  ['a-.b', undefined],
  ['a b', undefined],
  ['a/ü', undefined],
  ['ü:80', undefined],
  ['ü@b', undefined],
  ['[127.0.0.1]', undefined],
  [`${label64}.example`, undefined],
  [`${'a.'.repeat(130)}b`, undefined],
] as const) {
  test(`ASCII of ${JSON.stringify(domain.slice(0, 40))}`, () => {
    assert.equal(toAsciiDomain(domain), wanted)
  })
}

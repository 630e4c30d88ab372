import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxParameters } from './limits.ts'
import { parameterValue } from './parameters.ts'
import { parseMediaType } from './part-fields.ts'

const table: readonly (readonly [string, string | undefined, { readonly [name: string]: string }])[] = [
  ['text/plain', 'text/plain', {}],
  ['TEXT / Html ;Charset=UTF-8', 'text/html', { charset: 'UTF-8' }],
  ['text/plain; charset="utf-8"; format=flowed', 'text/plain', { charset: 'utf-8', format: 'flowed' }],
  ['a/b; x="a;b\\"c\\\\"', 'a/b', { x: 'a;b"c\\' }],
  ['a/b; x=a=b/c?d:e', 'a/b', { x: 'a=b/c?d:e' }],
  ['a/b; x=two words.pdf; y=z', 'a/b', { x: 'two words.pdf', y: 'z' }],
  ['a/b; x = (c) y (d) ; (e) z=1', 'a/b', { x: 'y', z: '1' }],
  ['a/b; x=', 'a/b', { x: '' }],
  ['a/b;; =y; flag; "q"; x=1;', 'a/b', { x: '1' }],
  ['a/b x=1; y=2', 'a/b', { y: '2' }],
  ['a/b; name=J\xf6rg.pdf', 'a/b', { name: 'J\xf6rg.pdf' }],
  ['a/b; x="open; y=1', 'a/b', { x: 'open; y=1' }],
  ["a/b; x*0*=utf-8''a%20; x*1=b", 'a/b', { 'x*': "utf-8''a%20b" }],
  ['', undefined, {}],
  ['text', undefined, {}],
  ['text/', undefined, {}],
  ['/plain', undefined, {}],
  ['"text"/plain', undefined, {}],
  ['(open comment', undefined, {}],
]

for (const [value, type, parameters] of table) {
  test(`Content-Type ${JSON.stringify(value)}`, () => {
    const media = parseMediaType(value)
    assert.equal(media && `${media.type}/${media.subtype}`, type)
    assert.deepEqual(Object.fromEntries((media?.parameters ?? []).map(({ name, value }) => [name, value])), parameters)
  })
}

test('no more parameters than the limit', () => {
  assert.equal(parseMediaType(`a/b${';x=y'.repeat(maxParameters + 5)}`)?.parameters.length, maxParameters)
})

test('of several parameters of one name the first counts', () => {
  const parameters = [
    { name: 'a', value: 'first' },
    { name: 'a', value: 'second' },
  ]
  assert.equal(parameterValue(parameters, 'a'), 'first')
  assert.equal(parameterValue(parameters, 'c'), undefined)
})

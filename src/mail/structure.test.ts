// Limits and sizes; what the parts of a message are is in golden.test.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1, latin1 } from '#text/bytes.ts'
import { readHeader } from './header.ts'
import { maxBoundaryCharacters, maxBoundaryLineBytes, maxHeaderBytes, maxPartDepth, maxParts } from './limits.ts'
import type { Part } from './part.ts'
import { parseStructure, StructureScanner } from './structure.ts'

function parse(text: string): Part {
  return parseStructure(fromLatin1(text))
}

function depthOf(part: Part): number {
  return 1 + Math.max(0, ...part.children.map(depthOf))
}

function countOf(part: Part): number {
  return part.children.reduce((count, child) => count + countOf(child), 1)
}

function deepestOf(part: Part): Part {
  const child = part.children[0]
  return child === undefined ? part : deepestOf(child)
}

test('multiparts deeper than the limit are text', () => {
  let text = ''
  for (let depth = 0; depth < maxPartDepth + 20; depth += 1) {
    text += `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`
  }
  const root = parse(`${text}\r\nbottom`)
  assert.equal(depthOf(root), maxPartDepth)
  const { fields } = deepestOf(root)
  assert.deepEqual([fields.type, fields.subtype, fields.parameters], ['text', 'plain', []])
})

test('messages deeper than the limit are text', () => {
  const root = parse(`${'Content-Type: message/rfc822\r\n\r\n'.repeat(maxPartDepth + 20)}bottom`)
  assert.equal(depthOf(root), maxPartDepth)
  assert.equal(deepestOf(root).fields.type, 'text')
})

test('the last of too many parts takes the rest', () => {
  const parts = '--b\r\n\r\nx\r\n'.repeat(maxParts + 50)
  const text = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`
  const root = parse(text)
  assert.equal(countOf(root), maxParts)
  assert.equal(root.children.at(-1)?.bodyEnd, text.length)
  assert.equal(root.children.at(-2)?.lines, 0)
})

test('a message that would be one part too many is text', () => {
  const part = '--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n'
  const root = parse(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(maxParts)}`)
  assert.equal(countOf(root), maxParts)
  assert.deepEqual([root.children.at(-2)?.fields.type, root.children.at(-1)?.fields.type], ['message', 'text'])
})

for (const [what, text] of [
  ['many fields', `X: ${'x'.repeat(995)}\r\n`.repeat(1100)],
  ['one line', `X: ${'x'.repeat(maxHeaderBytes + 9)}\r\n\r\nbody`],
  ['one folded field', `X: a\r\n${` ${'b'.repeat(60)}\r\n`.repeat(20_000)}\r\nbody`],
  ['a line that ends at the limit', `X: ${'x'.repeat(maxHeaderBytes - 5)}\r\n\r\nbody`],
  ['a line that ends after the limit', `X: ${'x'.repeat(maxHeaderBytes - 4)}\r\n\r\nbody`],
  ['no line end', 'x'.repeat(maxHeaderBytes)],
  ['no line end, after the limit', 'x'.repeat(maxHeaderBytes + 1)],
] as const) {
  test(`a header too large ends where readHeader ends it: ${what}`, () => {
    const bytes = fromLatin1(text)
    const part = parseStructure(bytes)
    assert.equal(part.bodyStart, readHeader(bytes).end)
    assert.equal(part.bodyEnd, bytes.length)
    const scanner = new StructureScanner()
    for (let at = 0; at < bytes.length; at += 65_521) scanner.push(bytes.subarray(at, at + 65_521))
    assert.deepEqual(scanner.finish(), part)
    assert.equal(part.lines, latin1(bytes, part.bodyStart).split('\n').length - 1)
  })
}

test('a header too large of a message in a message is cut there', () => {
  const text = `Content-Type: message/rfc822\r\nX: ${'x'.repeat(maxHeaderBytes)}\r\nSubject: inside\r\n\r\nbody`
  const root = parse(text)
  assert.equal(root.bodyStart, 30)
  assert.deepEqual(root.children[0]?.bodyStart, 30)
  assert.equal(root.fields.type, 'message')
})

test('a boundary too long makes no multipart', () => {
  const text = (length: number) => {
    const boundary = 'b'.repeat(length)
    return `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n\r\nx\r\n--${boundary}--\r\n`
  }
  assert.equal(parse(text(maxBoundaryCharacters)).children.length, 1)
  assert.equal(parse(text(maxBoundaryCharacters + 1)).fields.type, 'text')
})

test('a boundary line with too much white space is none, in one chunk or in many', () => {
  for (const [padding, parts] of [
    [maxBoundaryLineBytes - 5, 1],
    [maxBoundaryLineBytes - 4, 0],
    [maxBoundaryLineBytes * 3, 0],
  ] as const) {
    const bytes = fromLatin1(`Content-Type: multipart/mixed; boundary=b\r\n\r\n--b${' '.repeat(padding)}\r\n\r\nx`)
    const whole = parseStructure(bytes)
    assert.equal(whole.children.length, parts, `${padding}`)
    const scanner = new StructureScanner()
    for (const octet of bytes) scanner.push(Uint8Array.of(octet))
    assert.deepEqual(scanner.finish(), whole)
  }
})

test('line ends mixed: the boundary takes the one before it, whatever it is', () => {
  const root = parse('Content-Type: multipart/mixed; boundary=b\n\r\n--b\n\none\r\n--b\r\n\r\ntwo\n--b--')
  const text = 'Content-Type: multipart/mixed; boundary=b\n\r\n--b\n\none\r\n--b\r\n\r\ntwo\n--b--'
  assert.deepEqual(
    root.children.map(part => text.slice(part.bodyStart, part.bodyEnd)),
    ['one', 'two'],
  )
})

test('a bare CR ends no line', () => {
  const root = parse('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r--b--\rtwo\r\n--b--\r\n')
  assert.equal(root.children.length, 1)
  assert.equal(root.children[0]?.lines, 0)
})

test('an empty message has a structure', () => {
  const root = parse('')
  assert.deepEqual([root.headerStart, root.bodyStart, root.bodyEnd, root.lines], [0, 0, 0, 0])
  assert.deepEqual([root.fields.type, root.fields.subtype], ['text', 'plain'])
})

test('random messages: every part lies inside its parent, after its sibling, at any cut', () => {
  const pieces = [
    '--a',
    '--b',
    '--',
    '\r\n',
    '\n',
    '\r\n\r\n',
    ' ',
    'x',
    'Content-Type: multipart/mixed; boundary=a\r\n',
    'Content-Type: multipart/digest; boundary=b\r\n',
    'Content-Type: message/rfc822\r\n',
    'Content-Type: text/html\r\n',
  ]
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  for (let round = 0; round < 1_500; round += 1) {
    let text = 'Content-Type: multipart/mixed; boundary=a\r\n\r\n'
    for (let index = 0; index < 25; index += 1) text += pieces[random(pieces.length)]
    const bytes = fromLatin1(text)
    const whole = parseStructure(bytes)
    assertNested(whole, 0, bytes.length, text)
    const scanner = new StructureScanner()
    let at = 0
    while (at < bytes.length) {
      const next = at + 1 + random(9)
      scanner.push(bytes.subarray(at, next))
      at = next
    }
    assert.equal(JSON.stringify(scanner.finish()), JSON.stringify(whole), JSON.stringify(text))
  }
})

function assertNested(part: Part, start: number, end: number, text: string): void {
  const where = JSON.stringify(text)
  assert.ok(start <= part.headerStart && part.headerStart <= part.bodyStart, where)
  assert.ok(part.bodyStart <= part.bodyEnd && part.bodyEnd <= end, where)
  assert.equal(part.lines, text.slice(part.bodyStart, part.bodyEnd).split('\n').length - 1, where)
  assert.equal(part.children.length > 0, part.fields.type === 'multipart' || part.fields.type === 'message', where)
  let at = part.bodyStart
  for (const child of part.children) {
    assertNested(child, at, part.bodyEnd, text)
    at = child.bodyEnd
  }
}

// Any octets are a message: golden ones broken at random, and heaps of the pieces that messages are made of. What FETCH says of them is
// well-formed, and every section is a slice of the message, whether it lies in memory or in a file.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { binaryOctets } from '#imap/fetch/binary-octets.ts'
import { MessageReader } from '#imap/fetch/message-reader.ts'
import { previewText } from '#imap/fetch/preview-text.ts'
import { type SectionOctets, sectionOctets } from '#imap/fetch/section-octets.ts'
import type { Part } from '#mail/part.ts'
import { findPart } from '#mail/section.ts'
import { concat, fromLatin1, latin1 } from '#text/bytes.ts'
import { StructurePrinter } from '#wire/imap/print-structure.ts'
import type { Draws } from './draws.ts'
import { fuzz } from './rounds.ts'

const golden = new URL('../../src/mail/golden/', import.meta.url)
const whole = readdirSync(golden)
  .filter(name => name.endsWith('.eml'))
  .map(name => readFileSync(new URL(name, golden)).toString('latin1'))

const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\xff',
  ' ',
  '\t',
  '--b',
  '--b--',
  '--c\r\n',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: multipart/digest; boundary="c"\r\n',
  'Content-Type: message/rfc822\r\n',
  "Content-Type: text/html; charset=koi8-r; name*0*=''%41; name*1=\"",
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  'Content-Disposition: attachment; filename="\xc3\xa4',
  'From: a <b@c>, d:;, "e\\" (f) <@g:h@i>\r\n',
  'To: (((((',
  'Subject: =?utf-8?Q?=C3?= \xe4\r\n',
  '=3D=\r\n=C3=A9',
  'SGVsbG8=\r\n',
  ';',
  ':',
  '"',
  '<',
]

function heap(draws: Draws): string {
  return Array.from({ length: draws.below(60) }, () => draws.pick(pieces)).join('')
}

/** A golden message with pieces cut out, doubled, put in. */
function broken(draws: Draws): string {
  let text = draws.pick(whole)
  for (let edits = 1 + draws.below(6); edits > 0; edits -= 1) {
    const [at, length] = [draws.below(text.length + 1), draws.below(40)]
    const cut = text.slice(at, at + length)
    const put = draws.pick([draws.pick(pieces), cut + cut, '', draws.octets(1)])
    text = text.slice(0, at) + put + text.slice(at + length)
  }
  return text
}

fuzz('heaps of pieces: every section is its slice, every answer is well-formed', {
  rounds: 1_000,
  round: draws => checkMessage(fromLatin1(heap(draws))),
})

fuzz('broken golden messages: every section is its slice, every answer is well-formed', {
  rounds: 1_000,
  round: draws => checkMessage(fromLatin1(broken(draws))),
})

async function checkMessage(message: Uint8Array): Promise<void> {
  const readers = [message, { sizeBytes: message.length, read: async (a: number, b: number) => message.slice(a, b) }]
  const [small, large] = readers.map(source => new MessageReader(source))
  assert.ok(small && large)
  const root = await small.structure()
  assert.deepEqual(await large.structure(), root)
  checkPrinted(root)
  assert.deepEqual([root.headerStart, root.bodyEnd], [0, message.length])
  assert.equal(await octetsOf(small, [], 'header'), latin1(message, 0, root.bodyStart))
  assert.equal(await octetsOf(small, [], 'text'), latin1(message, root.bodyStart))
  for (const [path, part] of numbered(root)) {
    assert.equal(findPart(root, path), part)
    for (const reader of [small, large]) {
      assert.equal(await octetsOf(reader, path, 'all'), latin1(message, part.bodyStart, part.bodyEnd))
      assert.equal(await octetsOf(reader, path, 'mime'), latin1(message, part.headerStart, part.bodyStart))
    }
    assert.equal(await binaryOf(large, path), await binaryOf(small, path))
  }
  assert.equal(await previewText(large, false), await previewText(small, false))
}

/** Each part with its numbers; the parts of a message inside count on from the part that holds it. */
function* numbered(part: Part, path: readonly number[] = []): Generator<readonly [readonly number[], Part]> {
  const { children, fields } = part
  if (fields.type !== 'multipart') {
    // What is no multipart is its own part 1, if it is a message.
    if (part.envelope !== undefined) yield* below(part, [...path, 1])
    return
  }
  for (const [index, child] of children.entries()) yield* below(child, [...path, index + 1])
}

function* below(part: Part, path: readonly number[]): Generator<readonly [readonly number[], Part]> {
  yield [path, part]
  const [inside] = part.children
  if (part.fields.type === 'multipart') yield* numbered(part, path)
  else if (inside !== undefined) yield* numbered(inside, path)
}

async function octetsOf(reader: MessageReader, part: readonly number[], kind: 'all' | 'mime' | 'header' | 'text') {
  const found = await sectionOctets(reader, { section: { part, text: { kind } }, partial: undefined })
  return found === undefined ? undefined : latin1(await bytesOf(reader, found))
}

async function bytesOf(reader: MessageReader, found: SectionOctets): Promise<Uint8Array> {
  return found.kind === 'octets' ? found.octets : await reader.read(found.start, found.end)
}

/** The octets as a text, or why there are none. */
async function binaryOf(reader: MessageReader, path: readonly number[]): Promise<string> {
  const found = await binaryOctets(reader, path)
  if (found.kind !== 'binary') return found.kind
  const chunks: Uint8Array[] = []
  for await (const chunk of found.chunks()) chunks.push(chunk)
  const octets = concat(chunks)
  assert.equal(octets.length, found.sizeBytes)
  assert.equal(octets.includes(0), found.hasNul)
  return latin1(octets)
}

/** In ASCII without UTF-8, balanced, no line end outside a literal. */
function checkPrinted(root: Part): void {
  for (const utf8 of [false, true]) {
    const printer = new StructurePrinter(utf8)
    const texts = [printer.body(root, true), printer.body(root, false)]
    if (root.envelope !== undefined) texts.push(printer.envelope(root.envelope))
    for (const text of texts) {
      if (!utf8) assert.match(text, /^[\0-\x7f]*$/)
      const outside = text.replace(/\{(\d+)\}\r\n/g, '{$1}\n').replace(/"(?:[^"\\\r\n]|\\["\\])*"/g, '""')
      if (outside.includes('{')) continue
      assert.match(outside, /^[A-Z0-9"() ]+$/)
      assert.equal(outside.split('(').length, outside.split(')').length)
    }
  }
}

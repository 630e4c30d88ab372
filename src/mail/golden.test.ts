// Messages and their structure: golden/NAME.eml with golden/NAME.json, in CRLF as stored and in LF.
// `GOLDEN=write` writes the json of messages that have none; read it before you keep it.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fromLatin1, latin1 } from '#text/bytes.ts'
import type { Part } from './part.ts'
import { parseStructure, StructureScanner } from './structure.ts'

const folder = new URL('./golden/', import.meta.url)
const names = readdirSync(folder)
  .filter(file => file.endsWith('.eml'))
  .map(file => file.slice(0, -'.eml'.length))

for (const name of names) {
  const message = new Uint8Array(readFileSync(new URL(`${name}.eml`, folder)))
  const goldenFile = new URL(`${name}.json`, folder)
  if (process.env['GOLDEN'] === 'write' && !existsSync(goldenFile)) {
    writeFileSync(goldenFile, `${JSON.stringify(parseStructure(message), undefined, 1)}\n`)
  }
  const golden: Part = JSON.parse(readFileSync(goldenFile, 'utf8'))

  test(`structure of ${name}`, () => {
    assert.deepEqual(plain(parseStructure(message)), golden)
  })

  test(`structure of ${name} with LF alone`, () => {
    const withLf = fromLatin1(latin1(message).replaceAll('\r\n', '\n'))
    const structure = parseStructure(withLf)
    assert.deepEqual(withoutOffsets(plain(structure)), withoutOffsets(golden))
    assert.deepEqual(slices(structure, withLf), slices(golden, message))
  })

  test(`structure of ${name} cut anywhere`, () => {
    const whole = JSON.stringify(parseStructure(message))
    // Everywhere in most; in the longest at some hundred places.
    const step = Math.ceil(message.length / 1_000)
    for (let cut = 0; cut <= message.length; cut += step) {
      assert.equal(JSON.stringify(scan([message.subarray(0, cut), message.subarray(cut)])), whole, `cut at ${cut}`)
    }
    assert.equal(JSON.stringify(scan(Array.from(message, octet => Uint8Array.of(octet)))), whole)
  })
}

function scan(chunks: readonly Uint8Array[]): Part {
  const scanner = new StructureScanner()
  for (const chunk of chunks) scanner.push(chunk)
  return scanner.finish()
}

/** As it comes back from JSON: undefined left out. */
function plain(part: Part): Part {
  return JSON.parse(JSON.stringify(part))
}

function withoutOffsets(part: Part): unknown {
  const { headerStart: _header, bodyStart: _body, bodyEnd: _end, children, ...rest } = part
  return { ...rest, children: children.map(withoutOffsets) }
}

/** Header and body of every part, in LF: the offsets in a message of either kind cut the same text. */
function slices(part: Part, message: Uint8Array): readonly string[] {
  const cut = (start: number, end: number) => latin1(message, start, end).replaceAll('\r\n', '\n')
  return [
    cut(part.headerStart, part.bodyStart),
    cut(part.bodyStart, part.bodyEnd),
    ...part.children.flatMap(child => slices(child, message)),
  ]
}

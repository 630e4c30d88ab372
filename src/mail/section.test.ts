import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findPart } from './section.ts'
import { parseStructure } from './structure.ts'

function golden(name: string) {
  return parseStructure(readFileSync(new URL(`./golden/${name}.eml`, import.meta.url)))
}

/** Path, and the media type and body offset of the part it names. */
const table: readonly (readonly [string, readonly number[], string | undefined])[] = [
  ['plain', [], 'text/plain'],
  ['plain', [1], 'text/plain'],
  ['plain', [2], undefined],
  ['plain', [1, 1], undefined],
  ['multipart-mixed', [], 'multipart/mixed'],
  ['multipart-mixed', [1], 'text/plain'],
  ['multipart-mixed', [2], 'text/plain'],
  ['multipart-mixed', [3], undefined],
  ['multipart-mixed', [0], undefined],
  ['multipart-mixed', [1, 1], undefined],
  ['multipart-alternative-related', [2], 'multipart/related'],
  ['multipart-alternative-related', [2, 2], 'image/gif'],
  ['multipart-alternative-related', [2, 3], undefined],
  ['message-in-multipart', [2], 'message/rfc822'],
  ['message-in-multipart', [2, 1], 'text/plain'],
  ['message-in-multipart', [2, 2], 'message/rfc822'],
  ['message-in-multipart', [2, 2, 1], 'text/plain'],
  ['message-in-multipart', [2, 2, 2], undefined],
  ['message-in-multipart', [2, 2, 1, 1], undefined],
  ['message-as-root', [1], 'message/rfc822'],
  ['message-as-root', [1, 1], 'text/plain'],
  ['message-as-root', [1, 2], undefined],
  ['no-parts', [1], 'text/plain'],
]

for (const [name, path, wanted] of table) {
  test(`part ${path.join('.') || '(all)'} of ${name}`, () => {
    const part = findPart(golden(name), path)
    assert.equal(part && `${part.fields.type}/${part.fields.subtype}`, wanted)
  })
}

test('part 1 of a message inside is its own body, with the header of that message', () => {
  const root = golden('message-in-multipart')
  const message = findPart(root, [2, 2])?.children[0]
  assert.equal(findPart(root, [2, 2, 1]), message)
  assert.equal(message?.envelope?.subject, 'innermost')
})

// Messages of any octets become lines: nothing that a part holds is lost, and nothing but lines is kept.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { LineEnds, LineFaults } from '#mail/line-ends.ts'
import type { Part } from '#mail/part.ts'
import { decodedBody } from '#mail/search-text.ts'
import { parseStructure } from '#mail/structure.ts'
import { concat, fromLatin1, latin1 } from '#text/bytes.ts'
import { asLines } from './as-lines.ts'
import { limits } from './limits.ts'
import type { SpooledMessage } from './spool.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

let place: TemporaryStore
before(async () => {
  place = await temporaryStore({ accounts: [1] })
})
after(async () => await place[Symbol.asyncDispose]())

/** As a latin1 text; undefined where nothing was to be done. */
async function linesOf(text: string): Promise<string | undefined> {
  await using message = await place.message(text)
  await using lines = await asLines(place.store.spool, message)
  return lines && latin1(await lines.read(0, lines.sizeBytes))
}

const file = 'Content-Type: a/b\r\nContent-Transfer-Encoding: '

describe('a message becomes lines', () => {
  const table: readonly [string, string | undefined][] = [
    ['', undefined],
    ['A: b\r\n\r\nc\r\n', undefined],
    // Without a fault nothing is looked at.
    [`${file}binary\r\n\r\nc\r\n`, undefined],
    ['A: b\n\nc', 'A: b\r\n\r\nc\r\n'],
    ['c\0', 'c\0\r\n'],
    [`${file}binary\r\n\r\n\0`, `${file}base64\r\n\r\nAA==\r\n`],
    [`${file}binary\n\n\r`, `${file}base64\r\n\r\nDQ==\r\n`],
    [`${file}binary\r\n\r\na\rb\r\n`, `${file}base64\r\n\r\nYQ1iDQo=\r\n`],
    [`${file}"Binary"\r\n\r\nc`, `${file}base64\r\n\r\nYw==\r\n`],
    [`${file}8bit\r\n\r\n\0`, `${file}8bit\r\n\r\n\0\r\n`],
    [`${file}x-own\r\n\r\n\0\n`, `${file}x-own\r\n\r\n\0\r\n`],
    // The first of the fields counts, and none may say something else.
    [`${file}binary\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\0`, `${file}base64\r\n\r\nAA==\r\n`],
    // A text with NUL is octets too; without one it is lines.
    ['Content-Transfer-Encoding: binary\r\n\r\n\0\n', 'Content-Transfer-Encoding: base64\r\n\r\nAAo=\r\n'],
    ['Content-Transfer-Encoding: binary\r\n\r\na\n', 'Content-Transfer-Encoding: 8bit\r\n\r\na\r\n'],
    // Nothing that is made of parts is ever encoded (RFC 2045 6.4), found or not.
    [
      'Content-Type: multipart/mixed\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n',
      'Content-Type: multipart/mixed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\0\r\n',
    ],
    // The header alone.
    ['Content-Transfer-Encoding: binary', 'Content-Transfer-Encoding: 8bit\r\n'],
  ]
  for (const [text, wanted] of table) test(JSON.stringify(text), async () => assert.equal(await linesOf(text), wanted))
})

test('what is to happen in the transaction goes along', async () => {
  await using message = await place.message('a\n')
  message.alongside = async () => {}
  await using lines = await asLines(place.store.spool, message)
  assert.equal(lines?.alongside, message.alongside)
})

function leavesOf(part: Part): Part[] {
  return part.children.length === 0 ? [part] : part.children.flatMap(leavesOf)
}

function allOf(part: Part): Part[] {
  return [part, ...part.children.flatMap(allOf)]
}

function mended(octets: Uint8Array, isLast: boolean): string {
  const ends = new LineEnds()
  return latin1(concat(isLast ? [ends.put(octets), ends.end()] : [ends.put(octets)]))
}

function faultsOf(text: string): LineFaults {
  const faults = new LineFaults()
  faults.push(fromLatin1(text))
  return faults
}

/** Fails where a part of `result` is not what it was in `text`. */
function assertKept(text: string, result: string): void {
  const [source, kept] = [fromLatin1(text), fromLatin1(result)]
  const [was, is] = [parseStructure(source), parseStructure(kept)]
  const shape = (root: Part) =>
    allOf(root).map(({ fields, children }) => `${fields.type}/${fields.subtype} ${children.length}`)
  assert.deepEqual(shape(is), shape(was))
  assert.ok(allOf(is).every(({ fields }) => fields.encoding !== 'binary'))
  const leaves = leavesOf(is)
  for (const [index, part] of leavesOf(was).entries()) {
    const now = leaves[index] ?? assert.fail('a part went')
    const body = source.subarray(part.bodyStart, part.bodyEnd)
    const decoded = latin1(decodedBody(kept, now) ?? assert.fail('no encoding'))
    const isText = part.fields.type === 'text' || part.fields.type === 'message'
    if (part.fields.encoding !== 'binary')
      assert.equal(latin1(kept, now.bodyStart, now.bodyEnd), mended(body, part.bodyEnd === source.length))
    else if (isText && now.fields.encoding === '8bit')
      assert.equal(decoded, mended(body, part.bodyEnd === source.length))
    else assert.equal(decoded, latin1(body))
    if (part.fields.encoding !== 'binary') continue
    const faults = faultsOf(latin1(kept, now.bodyStart, now.bodyEnd))
    assert.deepEqual([faults.hasNul, faults.hasBareCr && !isText], [false, false])
  }
  const faults = faultsOf(result)
  assert.deepEqual([faults.hasBareLf, faults.endsInCrlf], [false, true])
}

/** Messages within messages and parts within parts, of octets that lines don't like, under headers that say this or that of them. */
class Drawing {
  readonly #random = seededRandom(20_260_101)

  below(most: number): number {
    const [low = 0, high = 0] = this.#random.bytes(2)
    return (high * 256 + low) % most
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T // below its length
  }

  get lineEnd(): string {
    return this.one(['\r\n', '\r\n', '\n'])
  }

  octets(): string {
    const alphabet = this.one(['\0\r\n-x\xff', '\r\n-x', 'xyz', '\r\nx\xe4', '\0\0\n'])
    let text = ''
    for (let left = this.below(this.one([4, 20, 200])); left > 0; left -= 1)
      text += alphabet[this.below(alphabet.length)]
    return this.one([text, text.replaceAll(/\r|\n/g, '\r\n')])
  }

  field(): string {
    const encoding = this.one(['binary', 'binary', 'BINARY', 'binary (x)', '8bit', '7bit', ''])
    return encoding === '' ? '' : `Content-Transfer-Encoding: ${encoding}${this.lineEnd}`
  }

  part(depth: number): string {
    const kind = depth > 3 ? 2 : this.below(5)
    if (kind === 0) return this.multipart(depth)
    if (kind === 1)
      return `Content-Type: message/rfc822${this.lineEnd}${this.field()}${this.lineEnd}${this.part(depth + 1)}`
    const type = this.one(['', 'image/png', 'text/html', 'message/delivery-status', 'application/json'])
    const name = type === '' ? '' : `Content-Type: ${type}${this.lineEnd}`
    return `${name}${this.field()}Subject: x${this.lineEnd}${this.lineEnd}${this.octets()}`
  }

  multipart(depth: number): string {
    const boundary = `q${depth}`
    let text = `Content-Type: multipart/mixed; boundary=${boundary}${this.lineEnd}${this.field()}${this.lineEnd}${this.octets()}`
    for (let left = 1 + this.below(3); left > 0; left -= 1)
      text += `${this.lineEnd}--${boundary}${this.lineEnd}${this.part(depth + 1)}`
    return this.below(4) === 0 ? text : `${text}${this.lineEnd}--${boundary}--${this.octets()}`
  }
}

test('each part holds what it held', async () => {
  const drawing = new Drawing()
  let rewritten = 0
  for (let round = 0; round < 3_000; round += 1) {
    const text = drawing.part(0)
    const result = await linesOf(text)
    if (result === undefined) {
      const { hasNul, hasBareLf, hasBareCr, endsInCrlf } = faultsOf(text)
      assert.deepEqual([hasNul, hasBareLf, hasBareCr, endsInCrlf], [false, false, false, true])
      continue
    }
    rewritten += 1
    assertKept(text, result)
    // Once is enough.
    assert.equal((await linesOf(result)) ?? result, result)
  }
  assert.ok(rewritten > 2_000)
})

test('a large message is not held', async () => {
  const piece = Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * index) % 251))
  await using writer = place.store.spool.open()
  await writer.write(fromLatin1(`${file}binary\r\n\r\n`))
  for (let count = 0; count < 50; count += 1) await writer.write(piece)
  await using message: SpooledMessage = await writer.finish()
  const before = process.resourceUsage().maxRSS
  await using lines = await asLines(place.store.spool, message)
  assert.ok(process.resourceUsage().maxRSS - before < 40_000, 'kilobytes')
  assert.ok(lines)
  // 76 characters and a line end of 57 octets.
  const encoded = Math.ceil(50_000_000 / 3) * 4 + Math.ceil(50_000_000 / 57) * 2
  assert.equal(lines.sizeBytes, file.length + 'base64\r\n\r\n'.length + encoded)
})

test('many small parts cost no more reads than a few large ones', async () => {
  const part = `--b\r\n${file}binary\r\n\r\n\0x\r\n`
  const count = 8_000
  const text = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(count)}--b--\r\n`
  await using message = await place.message(text)
  let reads = 0
  const counted: SpooledMessage = {
    sizeBytes: message.sizeBytes,
    head: message.head,
    read: (start, end) => {
      reads += 1
      return message.read(start, end)
    },
    [Symbol.asyncDispose]: async () => {},
  }
  await using lines = await asLines(place.store.spool, counted)
  const encoded = `--b\r\n${file}base64\r\n\r\nAHg=\r\n`
  assert.equal(lines && latin1(await lines.read(0, lines.sizeBytes)), text.replaceAll(part, encoded))
  const blocks = Math.ceil(text.length / limits.rewrittenBytes)
  assert.ok(blocks > 1 && reads <= 3 * blocks + 3, `${reads} reads of ${blocks} blocks`)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MessageBytes } from '#store/store.ts'
import { fromLatin1, latin1 } from '#text/bytes.ts'
import { parseCommand } from '#wire/imap/parse.ts'
import { MessageReader } from './message-reader.ts'
import { sectionOctets } from './section-octets.ts'

const simple = 'Subject: s\r\nTo: a,\r\n b\r\n\r\nbody\r\n'
const nested =
  'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n' +
  'From: i\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\nX: 1\r\n\r\ndeep\r\n--y--\r\n--x--\r\n'
const noBody = 'Subject: s'

/** The octets of `section` of `message`, the same whether it lies in memory or in a file; undefined if there is no such part. */
async function octetsOf(message: string, section: string): Promise<string | undefined> {
  const command = parseCommand(`a FETCH 1 BODY.PEEK${section}`)
  assert.equal(command.verb, 'FETCH')
  const [item] = command.items
  assert.equal(item?.kind, 'section')
  const bytes = fromLatin1(message)
  const file: MessageBytes = { sizeBytes: bytes.length, read: async (start, end) => bytes.slice(start, end) }
  const results = [bytes, file].map(async source => {
    const reader = new MessageReader(source)
    const found = await sectionOctets(reader, item)
    if (found === undefined) return undefined
    return latin1(found.kind === 'octets' ? found.octets : await reader.read(found.start, found.end))
  })
  const [inMemory, inFile] = await Promise.all(results)
  assert.equal(inFile, inMemory)
  return inMemory
}

describe('BODY finds', () => {
  const table: readonly [string, string, string, string | undefined][] = [
    ['the whole', simple, '[]', simple],
    ['the header with its blank line', simple, '[HEADER]', 'Subject: s\r\nTo: a,\r\n b\r\n\r\n'],
    ['the text', simple, '[TEXT]', 'body\r\n'],
    ['part 1 of a single part', simple, '[1]', 'body\r\n'],
    ['no part 2 of a single part', simple, '[2]', undefined],
    ['folded fields whole', simple, '[HEADER.FIELDS (TO)]', 'To: a,\r\n b\r\n\r\n'],
    ['no field', simple, '[HEADER.FIELDS (X)]', '\r\n'],
    ['all other fields', simple, '[HEADER.FIELDS.NOT (TO)]', 'Subject: s\r\n\r\n'],
    ['a partial', simple, '[]<9.3>', 's\r\n'],
    ['a partial over the end', simple, '[TEXT]<4.100>', '\r\n'],
    ['a partial past the end', simple, '[TEXT]<6.1>', ''],
    ['a partial of fields', simple, '[HEADER.FIELDS (TO)]<0.2>', 'To'],
    ['a part of a message within', nested, '[2.1]', 'deep'],
    ['the MIME header of it', nested, '[2.1.MIME]', 'X: 1\r\n\r\n'],
    ['fields of a message within', nested, '[2.HEADER.FIELDS (FROM)]', 'From: i\r\n\r\n'],
    ['no HEADER of a text part', nested, '[1.HEADER]', undefined],
    ['no TEXT of a text part', nested, '[1.TEXT]', undefined],
    ['no part below a text part', nested, '[1.1.1]', undefined],
    ['the header of a message without a body', noBody, '[HEADER]', 'Subject: s'],
    ['its empty text', noBody, '[TEXT]', ''],
    ['its fields, ended', noBody, '[HEADER.FIELDS (SUBJECT)]', 'Subject: s\r\n\r\n'],
    ['nothing in an empty message', '', '[]', ''],
  ]
  for (const [name, message, section, wanted] of table)
    test(`${name}: ${section}`, async () => assert.equal(await octetsOf(message, section), wanted))
})

test('a header larger than the first look is read on', async () => {
  const header = `X: ${'x'.repeat(70)}\r\n`.repeat(1000)
  assert.equal(await octetsOf(`${header}\r\nbody`, '[TEXT]'), 'body')
})

// Messages in an mbox: where they begin, what is noted about them, what of them is the message.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { flag } from '#mail/flags.ts'
import { readMboxFields } from './mbox-fields.ts'
import { MboxScanner } from './mbox-scanner.ts'
import { openSource } from './open-source.ts'
import type { Letter, Listed } from './source.ts'
import { readUidlChoice } from './uidl-choice.ts'
import { unquoted } from './unquoted.ts'

const date = 'Mon Nov 23 10:00:00 2026'

/** Each message's header and body. */
function scanned(text: string, pieceLength = text.length): readonly string[] {
  const scanner = new MboxScanner()
  const octets = Buffer.from(text, 'latin1')
  for (let at = 0; at < octets.length; at += pieceLength) scanner.push(octets.subarray(at, at + pieceLength))
  scanner.end()
  return scanner.take().map(({ start, bodyStart, end, header }) => {
    assert.match(text.slice(start, bodyStart).slice(header.length), /^(?:\r?\n)?$/)
    assert.ok(text.startsWith(header, start))
    return text.slice(start, end)
  })
}

const boxes: readonly (readonly [what: string, text: string, wanted: readonly string[]])[] = [
  ['nothing', '', []],
  ['no mbox', 'Subject: a\n\nb\n', []],
  ['one', `From a@b ${date}\nSubject: a\n\nb\n`, ['Subject: a\n\nb\n']],
  ['two', `From a ${date}\nA: 1\n\none\n\nFrom b ${date}\nA: 2\n\ntwo\n\n`, ['A: 1\n\none\n', 'A: 2\n\ntwo\n']],
  [
    'CRLF',
    `From a ${date}\r\nA: 1\r\n\r\none\r\n\r\nFrom b ${date}\r\nA: 2\r\n\r\n`,
    ['A: 1\r\n\r\none\r\n', 'A: 2\r\n\r\n'],
  ],
  [
    'text that begins so',
    `From a ${date}\nA: 1\n\nFrom here on\n\nFrom there\nx\nFrom b ${date}\n`,
    [`A: 1\n\nFrom here on\n\nFrom there\nx\nFrom b ${date}\n`],
  ],
  ['no body', `From a ${date}\nA: 1\n\nFrom b ${date}\nA: 2\n`, ['A: 1\n\n', 'A: 2\n']],
  ['no last line end', `From a ${date}\nA: 1\n\none`, ['A: 1\n\none']],
  ['a first line without a date', 'From nobody\nA: 1\n\none\n', ['A: 1\n\none\n']],
]

describe('mbox', () => {
  for (const [what, text, wanted] of boxes)
    test(what, () => {
      for (const pieceLength of [1, 7, text.length || 1]) assert.deepEqual(scanned(text, pieceLength), wanted)
    })

  test('dates', () => {
    const arrivals: readonly (readonly [line: string, at: string | undefined])[] = [
      ['From a Mon Nov 23 10:00:00 2026 +0100', '2026-11-23T09:00:00.000Z'],
      ['From a Mon Nov 23 10:00:00 -0230 2026', '2026-11-23T12:30:00.000Z'],
      ['From - Mon Nov  3 10:00:00 2026', new Date(2026, 10, 3, 10).toISOString()],
      ['From a  Mon Nov 23 10:00 MET 2026', new Date(2026, 10, 23, 10).toISOString()],
      ['From a', undefined],
    ]
    for (const [line, at] of arrivals) {
      const scanner = new MboxScanner()
      scanner.push(Buffer.from(`${line}\nA: b\n\n`))
      scanner.end()
      const arrivedAt = scanner.take()[0]?.arrivedAt
      assert.equal(arrivedAt === undefined ? undefined : new Date(arrivedAt).toISOString(), at, line)
    }
  })

  test('what is noted in fields is read, and left out', () => {
    const header = [
      'Subject: a',
      'X-IMAPbase: 1700000000 12 $Junk',
      'X-UID: 7',
      'Status: RO',
      'X-Status: AF',
      'X-Keywords: $Junk',
      '\tlater no(atom',
      'Content-Length: 12',
      'X-UIDL: abc',
      'To: b',
      '',
    ].join('\n')
    assert.deepEqual(readMboxFields(header), {
      flags: flag.seen | flag.answered | flag.flagged,
      keywords: '$Junk later',
      uid: 7,
      uidValidity: 1_700_000_000,
      xUidl: 'abc',
      isRemoved: false,
      header: 'Subject: a\nX-UIDL: abc\nTo: b\n',
    })
    const mozilla = readMboxFields(
      'X-Mozilla-Status: 1003\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1   \nA: b\n',
    )
    assert.deepEqual([mozilla.flags, mozilla.keywords], [flag.seen | flag.answered, '$label1 $Forwarded'])
    assert.equal(mozilla.header, 'A: b\n')
    assert.ok(readMboxFields('X-Mozilla-Status: 0009\n').isRemoved)
    assert.ok(readMboxFields("Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n").isRemoved)
  })

  test('quoted lines lose one mark', async () => {
    const text = '>From a\nx >From b\n>>From c\n> From d\n\n>From'
    const wanted = 'From a\nx >From b\n>From c\n> From d\n\n>From'
    for (let length = 1; length <= text.length; length += 1) {
      async function* pieces() {
        for (let at = 0; at < text.length; at += length) yield Buffer.from(text.slice(at, at + length))
      }
      assert.equal(Buffer.concat(await Array.fromAsync(unquoted(pieces()))).toString(), wanted, String(length))
    }
  })
})

describe('mbox files as a source', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-mbox-'))
    await mkdir(join(folder, 'Old.sbd'))
    const one = (subject: string, more = '') => `From a ${date}\n${more}Subject: ${subject}\n\n>From me\n${subject}\n\n`
    const first = one('first', 'X-IMAPbase: 16 9\nX-UID: 3\n')
    const second = one('second', 'X-UID: 5\nX-UIDL: known\n')
    await writeFile(join(folder, 'Inbox'), `${first}${second}${second.replace('X-UID: 5', 'X-UID: 6')}`)
    await writeFile(join(folder, 'Inbox.msf'), '// <!-- <mdb:mork:z v="1.4"/> -->')
    await writeFile(join(folder, 'Old'), one('old'))
    await writeFile(
      join(folder, 'Old.sbd', '2024'),
      `${one('x'.repeat(200_000))}${one('deleted', 'X-Mozilla-Status: 0008\n')}`,
    )
  })
  after(async () => await rm(folder, { recursive: true }))

  const list = async (uidl = 'auto'): Promise<ReadonlyMap<string, Listed>> => {
    const uidls = readUidlChoice(uidl)
    assert.ok(uidls)
    const { mailboxes } = await openSource(folder, { format: undefined, uidls })
    return new Map(await Promise.all(mailboxes.map(async mailbox => [mailbox.name, await mailbox.list()] as const)))
  }
  const uidlsIn = (listed: Listed | undefined) => listed?.letters.map(({ uidl }) => uidl)
  const octetsOf = async (letter: Letter | undefined) => {
    const reading = await letter?.read()
    if (reading?.kind === 'whole') return Buffer.from(reading.octets).toString()
    assert.ok(reading?.kind === 'pieces')
    return Buffer.concat(await Array.fromAsync(reading.pieces)).toString()
  }

  test('each file is a mailbox', async () => {
    const listed = await list()
    assert.deepEqual([...listed.keys()].sort(), ['INBOX', 'Old', 'Old/2024'])
    const [large] = listed.get('Old/2024')?.letters ?? []
    assert.equal(listed.get('Old/2024')?.letters.length, 1)
    const subject = 'x'.repeat(200_000)
    assert.equal(await octetsOf(large), `Subject: ${subject}\n\nFrom me\n${subject}\n`)
    const [first, second, third] = listed.get('INBOX')?.letters ?? []
    assert.equal(await octetsOf(first), 'Subject: first\n\nFrom me\nfirst\n')
    assert.equal(third?.name, `${second?.name}-2`, 'the same message twice is two')
  })

  test('their unique-ids', async () => {
    const dovecot = ['0000000300000010', '0000000500000010', '0000000600000010']
    assert.deepEqual(uidlsIn((await list()).get('INBOX')), dovecot)
    assert.deepEqual(uidlsIn((await list('%u')).get('INBOX')), ['3', '5', '6'])
    assert.deepEqual(uidlsIn((await list('x-uidl')).get('INBOX')), [undefined, 'known', 'known'])
    assert.deepEqual(uidlsIn((await list('none')).get('INBOX')), [undefined, undefined, undefined])
  })
})

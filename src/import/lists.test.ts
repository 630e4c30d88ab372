// What other servers write beside a mailbox, and what we read of it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { flag } from '#mail/flags.ts'
import { readCourierSizelist } from './courier-sizelist.ts'
import { readDovecotKeywords } from './dovecot-keywords.ts'
import { readDovecotUidlist } from './dovecot-uidlist.ts'
import { flagsOf, readMaildirName } from './maildir-name.ts'
import { fromField } from './source.ts'
import { readUidlChoice, uidlsOf } from './uidl-choice.ts'
import { readUidlFormat } from './uidl-format.ts'

describe('dovecot-uidlist', () => {
  const lists: readonly (readonly [what: string, text: string, wanted: unknown])[] = [
    ['nothing', '', undefined],
    ['another version', '2 V1 N2\n', undefined],
    ['no UIDVALIDITY', '3 N2 G0123\n1 :a\n', undefined],
    [
      'version 1',
      '1 1200000000 4\n1 a:2,S\n3 b\n',
      [
        1_200_000_000,
        undefined,
        [
          ['a', 1],
          ['b', 3],
        ],
      ],
    ],
    [
      'version 3',
      '3 V1700000000 N5 Gabc\n1 :a:2,S\n2 W12 S10 :b,S=10,W=12\n',
      [
        1_700_000_000,
        undefined,
        [
          ['a', 1],
          ['b,S=10,W=12', 2],
        ],
      ],
    ],
    ['its format', '3 P%v.%u V7 N5\n', [7, '%v.%u', []]],
    [
      'unique-ids',
      '3 V7 N5\n1 Pone :a\n2 P :b\n3 G00ff Pthree O4 :c\n',
      [
        7,
        undefined,
        [
          ['a', 1, 'one'],
          ['b', 2, 'b'],
          ['c', 3, 'three', '00ff'],
        ],
      ],
    ],
    [
      'broken lines',
      '3 V7 N5\nx :a\n2\n3 :\n\n4 Zwhat :d\n5 :e',
      [
        7,
        undefined,
        [
          ['d', 4],
          ['e', 5],
        ],
      ],
    ],
    ['a file twice', '3 V7 N5\n4 :a\n2 :a:2,S\n', [7, undefined, [['a', 4]]]],
    ['a name with spaces and colons', '3 V7 N5\n4 W1 :a b:c\n', [7, undefined, [['a b', 4]]]],
  ]
  for (const [what, text, wanted] of lists)
    test(what, () => {
      const list = readDovecotUidlist(text)
      const records = [...(list?.records ?? [])].map(([base, { uid, uidl, guid }]) =>
        [base, uid, uidl, guid].slice(0, guid === undefined ? (uidl === undefined ? 2 : 3) : 4),
      )
      assert.deepEqual(list && [list.uidValidity, list.uidlFormat, records], wanted)
    })
})

test('courierpop3dsizelist', () => {
  assert.deepEqual(
    [...readCourierSizelist('/2 7 1200000000\na 12 3:1200000000\nb 14 4:0\ncur/c:2,S 9 0:0\n')],
    [
      ['a', 'UID3-1200000000'],
      ['b', 'UID4'],
      ['c', 'c'],
    ],
  )
  assert.deepEqual(
    [...readCourierSizelist('/1 7\na 12 3\nb 14 0 more\n')],
    [
      ['a', 'UID3'],
      ['b', 'b'],
    ],
  )
  assert.deepEqual([...readCourierSizelist('1.M\'+"\xe4 12\n')], [['1.M\'+"\xe4', '1.M+27+2B+22+E4']])
})

test('dovecot-keywords', () => {
  assert.deepEqual(
    [...readDovecotKeywords('0 $Junk\n1 NonJunk\n2 no atom\n25 Z\nx y\n3 a(b\n4 \\Seen\n')],
    [
      [0, '$Junk'],
      [1, 'NonJunk'],
      [25, 'Z'],
    ],
  )
})

test('names of Maildir files', () => {
  const keywords = new Map([
    [0, '$Junk'],
    [2, 'later'],
  ])
  const read = (file: string) => {
    const { base, letters } = readMaildirName(file)
    return [base, flagsOf(letters, keywords)]
  }
  assert.deepEqual(read('1.a'), ['1.a', { flags: 0, keywords: '' }])
  assert.deepEqual(read('1.a,S=3:2,'), ['1.a,S=3', { flags: 0, keywords: '' }])
  const all = flag.draft | flag.flagged | flag.answered | flag.seen | flag.deleted
  assert.deepEqual(read('1.a:2,DFPRSTac'), ['1.a', { flags: all, keywords: '$Forwarded $Junk later' }])
  assert.deepEqual(read('1.a:1,S'), ['1.a', { flags: 0, keywords: '' }])
  assert.deepEqual(read('1.a:2,?bS'), ['1.a', { flags: flag.seen, keywords: '' }])
})

describe('formats of unique-ids', () => {
  const source = { uid: 255, uidValidity: 1_700_000_000, base: '17.Mx', guid: '00Ff' }
  const formats: readonly (readonly [format: string, wanted: string | undefined])[] = [
    ['%08Xu%08Xv', '000000ff6553f100'],
    ['%08Xv%08Xu', '6553f100000000ff'],
    ['%v.%u', '1700000000.255'],
    ['UID%u-%v', 'UID255-1700000000'],
    ['%f', '17.Mx'],
    ['%Lf.%Ug', '17.mx.00FF'],
    ['%5u%%', '  255%'],
    ['%{uid | hex(8)}%{uidvalidity | hex(8)}', '000000ff6553f100'],
    ['%{ filename|upper }-%{guid}', '17.MX-00Ff'],
    ['all the same', undefined],
    ['%m', undefined],
    ['%u%', undefined],
    ['%{uid | md5}', undefined],
    ['%{user}%u', undefined],
    ['', undefined],
  ]
  for (const [format, wanted] of formats) test(format, () => assert.equal(readUidlFormat(format)?.(source), wanted))
})

describe('which unique-ids are taken', () => {
  const dovecot = readDovecotUidlist('3 V16 N5\n1 :a\n2 Pold :b\n')
  const courier = 'a 12 3\nc 12 4\n'
  const neither = { dovecot: undefined, courier: undefined }
  const from = (choice: string, files: { dovecot: typeof dovecot; courier: string | undefined }) => {
    const read = readUidlChoice(choice)
    assert.ok(read)
    const uidls = uidlsOf(read, files)
    return typeof uidls === 'object' ? ['a', 'b', 'c'].map(base => uidls.of(base)) : uidls
  }
  const ofDovecot = ['0000000100000010', 'old', undefined]
  const ofCourier = ['UID3', undefined, 'UID4']
  test('auto', () => {
    assert.deepEqual(from('auto', { dovecot, courier }), ofDovecot)
    assert.deepEqual(from('auto', { dovecot: undefined, courier }), ofCourier)
    assert.equal(from('auto', neither), undefined)
  })
  test('as told', () => {
    assert.deepEqual(from('courier', { dovecot, courier }), ofCourier)
    assert.deepEqual(from('dovecot', { dovecot, courier }), ofDovecot)
    assert.deepEqual(from('%v.%u', { dovecot, courier }), ['16.1', '16.2', undefined])
    assert.deepEqual(from('%f', neither), ['a', 'b', 'c'])
    assert.deepEqual(from('x-uidl', neither), [fromField, fromField, fromField])
    assert.equal(from('none', { dovecot, courier }), undefined)
    assert.equal(readUidlChoice('qpopper'), undefined)
  })
  test('what is not there is said', () => {
    assert.match(String(from('dovecot', neither)), /no dovecot-uidlist/)
    assert.match(String(from('courier', neither)), /no courierpop3dsizelist/)
    assert.match(String(from('%08Xu', neither)), /no dovecot-uidlist/)
    const strange = readDovecotUidlist('3 V16 N5 P%m\n')
    assert.match(String(from('auto', { dovecot: strange, courier })), /not known here: %m/)
  })
})

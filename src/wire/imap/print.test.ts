import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { systemFlags } from '#mail/flags.ts'
import type { FetchItem } from './command.ts'
import { printInternalDate } from './date.ts'
import { printFlags } from './flags.ts'
import { printMailbox } from './mailbox-name.ts'
import { parseCommand } from './parse.ts'
import { printNstring, printString } from './print.ts'
import { flagsFetchLine, uidFetchLine } from './print-fetch.ts'
import {
  printCapability,
  printContinuation,
  printEnabled,
  printExists,
  printExpunge,
  printFlagsLine,
  printId,
  printList,
  printNamespace,
  printRecent,
  printSearch,
  printStatus,
  printStatusResponse,
} from './print-lines.ts'
import { printSectionName } from './print-section.ts'
import { printUidSet } from './sequence-set.ts'

function table<T>(name: string, print: (input: T) => string, rows: readonly (readonly [input: T, wanted: string])[]) {
  describe(name, () => {
    for (const [input, wanted] of rows) {
      test(JSON.stringify(wanted).slice(0, 70), () => assert.equal(print(input), wanted))
    }
  })
}

table('printString', printString, [
  ['', '""'],
  ['a b\tc', '"a b\tc"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['NIL', '"NIL"'],
  ['a\r\nb', '{4}\r\na\r\nb'],
  ['a\nb', '{3}\r\na\nb'],
  ['a\xe4', '{2}\r\na\xe4'],
  ['a\0b', '{2}\r\nab'],
  ['x'.repeat(1000), `"${'x'.repeat(1000)}"`],
  ['x'.repeat(1001), `{1001}\r\n${'x'.repeat(1001)}`],
])

table('printNstring', printNstring, [
  [undefined, 'NIL'],
  ['x', '"x"'],
])

table('printMailbox', printMailbox, [
  ['INBOX', 'INBOX'],
  ['INBOX/x', '"INBOX/x"'],
  ['', '""'],
  ['a"b', '"a\\"b"'],
  ['Entwürfe', '"Entw&APw-rfe"'],
  ['Q&A 👋', '"Q&-A &2D3cSw-"'],
])

table('printUidSet', printUidSet, [
  [[], ''],
  [[7], '7'],
  [[1, 2], '1:2'],
  [[1, 2, 3, 5, 7, 8], '1:3,5,7:8'],
  [[3, 2, 1], '3,2,1'],
  [[5, 6, 1, 2], '5:6,1:2'],
])

table<[flags: number, keywords?: string, recent?: boolean]>('printFlags', row => printFlags(...row), [
  [[0], ''],
  [[1], '\\Seen'],
  [[31], '\\Answered \\Flagged \\Deleted \\Seen \\Draft'],
  [[0, 'kw $Junk'], 'kw $Junk'],
  [[2, 'kw', true], '\\Answered \\Recent kw'],
])

table('printInternalDate', printInternalDate, [
  [Date.UTC(2026, 6, 7, 2, 4, 5, 999), '" 7-Jul-2026 02:04:05 +0000"'],
  [Date.UTC(1999, 11, 31, 23, 59, 59), '"31-Dec-1999 23:59:59 +0000"'],
  [0, '" 1-Jan-1970 00:00:00 +0000"'],
])

table<string>('lines', line => line, [
  [printStatusResponse({ tag: '*', status: 'OK', text: 'ready' }), '* OK ready\r\n'],
  [
    printStatusResponse({ tag: 'a1', status: 'NO', code: { code: 'TRYCREATE' }, text: 'no such mailbox' }),
    'a1 NO [TRYCREATE] no such mailbox\r\n',
  ],
  [printStatusResponse({ tag: '*', status: 'BYE', text: 'a\r\nb OK ä' }), '* BYE a?b OK ?\r\n'],
  [printStatusResponse({ tag: 'a', status: 'OK', text: '' }), 'a OK OK\r\n'],
  [
    printStatusResponse({ tag: '*', status: 'OK', code: { code: 'UIDNEXT', number: 5 }, text: 'x' }),
    '* OK [UIDNEXT 5] x\r\n',
  ],
  [
    printStatusResponse({ tag: '*', status: 'OK', code: { code: 'PERMANENTFLAGS', flags: '\\Seen \\*' }, text: 'x' }),
    '* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n',
  ],
  [
    printStatusResponse({
      tag: 'a',
      status: 'OK',
      code: { code: 'CAPABILITY', names: ['IMAP4rev1', 'ID'] },
      text: 'x',
    }),
    'a OK [CAPABILITY IMAP4rev1 ID] x\r\n',
  ],
  [
    printStatusResponse({
      tag: 'a',
      status: 'NO',
      code: { code: 'BADCHARSET', charsets: ['UTF-8', 'US-ASCII'] },
      text: 'x',
    }),
    'a NO [BADCHARSET (UTF-8 US-ASCII)] x\r\n',
  ],
  [
    printStatusResponse({ tag: 'a', status: 'NO', code: { code: 'BADCHARSET', charsets: [] }, text: 'x' }),
    'a NO [BADCHARSET] x\r\n',
  ],
  [
    printStatusResponse({ tag: 'a', status: 'OK', code: { code: 'APPENDUID', uidValidity: 9, uids: '4' }, text: 'x' }),
    'a OK [APPENDUID 9 4] x\r\n',
  ],
  [
    printStatusResponse({
      tag: 'a',
      status: 'OK',
      code: { code: 'COPYUID', uidValidity: 9, from: '1:2', to: '4:5' },
      text: 'x',
    }),
    'a OK [COPYUID 9 1:2 4:5] x\r\n',
  ],
  [
    printStatusResponse({ tag: 'a', status: 'NO', code: { code: 'BADURL', url: '/A]\r\n b\xe9\\"%' }, text: 'x' }),
    'a NO [BADURL /A%5D%0D%0A%20b%E9\\"%] x\r\n',
  ],
  [
    printStatusResponse({ tag: 'a', status: 'OK', code: { code: 'URLMECH', mechanisms: ['INTERNAL'] }, text: 'x' }),
    'a OK [URLMECH INTERNAL] x\r\n',
  ],
  [
    printStatusResponse({ tag: 'a', status: 'NO', code: { code: 'MESSAGELIMIT', number: 1000 }, text: 'x' }),
    'a NO [MESSAGELIMIT 1000] x\r\n',
  ],
  [
    printStatusResponse({
      tag: 'a',
      status: 'OK',
      code: { code: 'MESSAGELIMIT', number: 1000, lowestUid: 7 },
      text: 'x',
    }),
    'a OK [MESSAGELIMIT 1000 7] x\r\n',
  ],
  [printContinuation(), '+ \r\n'],
  [printContinuation('idling'), '+ idling\r\n'],
  [
    printList({ verb: 'LIST', attributes: ['\\HasNoChildren', '\\Drafts'], delimiter: '/', name: 'Entwürfe' }),
    '* LIST (\\HasNoChildren \\Drafts) "/" "Entw&APw-rfe"\r\n',
  ],
  [printList({ verb: 'LIST', attributes: ['\\Noselect'], delimiter: '/', name: '' }), '* LIST (\\Noselect) "/" ""\r\n'],
  [printList({ verb: 'LSUB', attributes: [], delimiter: undefined, name: 'INBOX' }), '* LSUB () NIL INBOX\r\n'],
  [
    printStatus('a b', [
      ['MESSAGES', 3],
      ['UNSEEN', 0],
    ]),
    '* STATUS "a b" (MESSAGES 3 UNSEEN 0)\r\n',
  ],
  [printSearch([]), '* SEARCH\r\n'],
  [printSearch([2, 84]), '* SEARCH 2 84\r\n'],
  [printSearch(Uint32Array.of(4294967295)), '* SEARCH 4294967295\r\n'],
  [printFlagsLine(printFlags(31)), '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n'],
  [printExists(0), '* 0 EXISTS\r\n'],
  [printRecent(2), '* 2 RECENT\r\n'],
  [printExpunge(3), '* 3 EXPUNGE\r\n'],
  [printCapability(['IMAP4rev1', 'AUTH=PLAIN']), '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n'],
  [printEnabled([]), '* ENABLED\r\n'],
  [printEnabled(['CONDSTORE']), '* ENABLED CONDSTORE\r\n'],
  [
    printNamespace({ personal: [{ prefix: '', delimiter: '/' }], others: [], shared: [] }),
    '* NAMESPACE (("" "/")) NIL NIL\r\n',
  ],
  [printId(new Map()), '* ID NIL\r\n'],
  [
    printId(
      new Map([
        ['name', 'Posthouse'],
        ['x', 'ü'],
      ]),
    ),
    '* ID ("name" "Posthouse" "x" {2}\r\n\xc3\xbc)\r\n',
  ],
  [flagsFetchLine(3, { uid: 7, flags: '\\Seen kw', modseq: undefined }), '* 3 FETCH (UID 7 FLAGS (\\Seen kw))\r\n'],
  [flagsFetchLine(3, { uid: undefined, flags: '', modseq: undefined }), '* 3 FETCH (FLAGS ())\r\n'],
  [flagsFetchLine(3, { uid: undefined, flags: undefined, modseq: 9 }), '* 3 FETCH (MODSEQ (9))\r\n'],
  [flagsFetchLine(3, { uid: 7, flags: '', modseq: 9 }), '* 3 FETCH (UID 7 FLAGS () MODSEQ (9))\r\n'],
  [uidFetchLine(7, { uid: 7, flags: '\\Seen', modseq: 9 }), '* 7 UIDFETCH (FLAGS (\\Seen) MODSEQ (9))\r\n'],
])

function sectionItem(text: string): Extract<FetchItem, { readonly kind: 'section' }> {
  const command = parseCommand(`a FETCH 1 ${text}`)
  const item = command.verb === 'FETCH' ? command.items[0] : undefined
  return item?.kind === 'section' ? item : assert.fail(text)
}

table('printSectionName', text => printSectionName(sectionItem(text)), [
  ['body.peek[]', 'BODY[]'],
  ['BODY[]<5.10>', 'BODY[]<5>'],
  ['BODY[1.2]', 'BODY[1.2]'],
  ['BODY[1.mime]', 'BODY[1.MIME]'],
  ['BODY[text]', 'BODY[TEXT]'],
  ['BODY[2.header]<0.1>', 'BODY[2.HEADER]<0>'],
  ['BODY[header.fields ("From" x-A "" {1}\r\n()]', 'BODY[HEADER.FIELDS (From x-A "" "(")]'],
  ['BODY[1.HEADER.FIELDS.NOT (To)]', 'BODY[1.HEADER.FIELDS.NOT (To)]'],
  ['RFC822', 'RFC822'],
  ['RFC822.HEADER', 'RFC822.HEADER'],
  ['RFC822.TEXT', 'RFC822.TEXT'],
])

test('a mailbox name that is printed is read again as it was', () => {
  for (const name of ['INBOX', 'a b', 'a"\\b', 'Entwürfe', 'Q&A', '👋/日本', '&', '~{3}', 'x\r\ny']) {
    const command = parseCommand(`a SELECT ${printMailbox(name)}`)
    assert.equal(command.verb === 'SELECT' && command.mailbox, name)
  }
})

test('every flag that is printed is read again', () => {
  for (let flags = 0; flags < 32; flags += 1) {
    const command = parseCommand(`a STORE 1 FLAGS (${printFlags(flags)})`)
    assert.equal(command.verb === 'STORE' && command.flags, flags)
  }
  assert.equal(systemFlags.length, 5)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Dialect, rev1 } from './dialect.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { parseCommand } from './parse.ts'
import { printAcl, printListRights, printMyRights } from './print-acl.ts'

const utf8: Dialect = { ...rev1, utf8: true }

test('commands on access control lists', () => {
  const bob = { identifier: 'bob@example.test', negative: false }
  const table: readonly (readonly [string, object])[] = [
    ['GETACL inbox', { verb: 'GETACL', mailbox: 'INBOX' }],
    ['MYRIGHTS "Other Users/a@b/x"', { verb: 'MYRIGHTS', mailbox: 'Other Users/a@b/x' }],
    ['SETACL x bob@example.test lr', { verb: 'SETACL', mailbox: 'x', ...bob, action: 'replace', rights: 'lr' }],
    ['SETACL x bob@example.test "+rl"', { verb: 'SETACL', mailbox: 'x', ...bob, action: 'add', rights: 'lr' }],
    ['SETACL x bob@example.test -cd', { verb: 'SETACL', mailbox: 'x', ...bob, action: 'remove', rights: 'kxte' }],
    ['SETACL x bob@example.test ""', { verb: 'SETACL', mailbox: 'x', ...bob, action: 'replace', rights: '' }],
    [
      'SETACL x {2}\r\n-y l',
      { verb: 'SETACL', mailbox: 'x', identifier: 'y', negative: true, action: 'replace', rights: 'l' },
    ],
    ['DELETEACL x -anyone', { verb: 'DELETEACL', mailbox: 'x', identifier: 'anyone', negative: true }],
    ['LISTRIGHTS x j\xc3\xbcrgen@b', { verb: 'LISTRIGHTS', mailbox: 'x', identifier: 'jürgen@b', negative: false }],
  ]
  for (const [text, wanted] of table) assert.deepEqual(parseCommand(`a ${text}`), { tag: 'a', ...wanted }, text)
})

test('what is malformed', () => {
  const malformed = [
    'GETACL',
    'GETACL x y',
    'SETACL x',
    'SETACL x y',
    'SETACL x y ++r',
    'SETACL x y rz',
    'SETACL x y R',
    'SETACL x y 5',
    'SETACL x y l r',
    'DELETEACL x',
    'LISTRIGHTS x',
    'MYRIGHTS',
    'SETACL x "" l',
    'SETACL x "-" l',
    'DELETEACL x "-"',
    'LISTRIGHTS x "a\tb"',
    'LISTRIGHTS x "\xc2\x85"',
  ]
  for (const text of malformed) assert.throws(() => parseCommand(`a ${text}`), ImapParseError, text)
})

test('responses, with names and addresses outside ASCII', () => {
  const entries = [
    { identifier: 'a@b', rights: 'lrx' },
    { identifier: '-jürgen@b', rights: '' },
  ]
  assert.equal(printAcl('Pläne', entries, rev1), '* ACL "Pl&AOQ-ne" "a@b" lrxc {10}\r\n-j\xc3\xbcrgen@b ""\r\n')
  assert.equal(printAcl('Pläne', entries, utf8), '* ACL "Pl\xc3\xa4ne" "a@b" lrxc "-j\xc3\xbcrgen@b" ""\r\n')
  const rights = { identifier: 'a@b', always: '', others: 'lrt' }
  assert.equal(printListRights('x', rights, rev1), '* LISTRIGHTS "x" "a@b" "" l r t\r\n')
  assert.equal(printMyRights('INBOX', '', rev1), '* MYRIGHTS INBOX ""\r\n')
})

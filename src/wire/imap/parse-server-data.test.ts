// METADATA, QUOTA and NOTIFY as data, and in print.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rev1 } from './dialect.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { parseCommand } from './parse.ts'
import { printChildInfo, printOldName } from './print-list.ts'
import { printMetadata, printMetadataChange } from './print-metadata.ts'
import { printQuota, printQuotaRoot } from './print-quota.ts'
import { printCode } from './response-code.ts'

const get = { verb: 'GETMETADATA', mailbox: 'INBOX', maxSizeBytes: undefined, depth: 0 }
const parsed: readonly (readonly [string, object])[] = [
  ['GETMETADATA inbox /Private/Comment', { ...get, entries: ['/private/comment'] }],
  ['GETMETADATA "" (/shared/a "/shared/b" /shared/A)', { ...get, mailbox: '', entries: ['/shared/a', '/shared/b'] }],
  ['GETMETADATA (MAXSIZE 10) INBOX /private', { ...get, maxSizeBytes: 10, entries: ['/private'] }],
  [
    'GETMETADATA INBOX ( depth Infinity MAXSIZE 0) (/shared/a)',
    { ...get, maxSizeBytes: 0, depth: 'infinity', entries: ['/shared/a'] },
  ],
  [
    'SETMETADATA INBOX (/private/a NIL /private/b "x" /private/c {1}\r\ny /private/d ~{3}\r\na\0b)',
    {
      verb: 'SETMETADATA',
      mailbox: 'INBOX',
      edits: [
        { entry: '/private/a', value: undefined },
        { entry: '/private/b', value: 'x' },
        { entry: '/private/c', value: 'y' },
        { entry: '/private/d', value: 'a\0b' },
      ],
    },
  ],
  ['GETQUOTA ""', { verb: 'GETQUOTA', root: '' }],
  ['GETQUOTAROOT inbox', { verb: 'GETQUOTAROOT', mailbox: 'INBOX' }],
  [
    'SETQUOTA r (storage 5 MESSAGE 6)',
    {
      verb: 'SETQUOTA',
      root: 'r',
      resources: [
        { name: 'STORAGE', limit: 5 },
        { name: 'MESSAGE', limit: 6 },
      ],
    },
  ],
  ['NOTIFY none', { verb: 'NOTIFY', watch: undefined }],
  [
    'NOTIFY SET status (Selected-Delayed (messageNew (UID FLAGS) MessageExpunge)) (mailboxes (a b) (MailboxName)) (personal NONE)',
    {
      verb: 'NOTIFY',
      watch: {
        status: true,
        groups: [
          {
            mailboxes: { kind: 'selected-delayed' },
            events: [
              { name: 'messagenew', items: [{ kind: 'uid' }, { kind: 'flags' }] },
              { name: 'messageexpunge', items: undefined },
            ],
          },
          { mailboxes: { kind: 'mailboxes', names: ['a', 'b'] }, events: [{ name: 'mailboxname', items: undefined }] },
          { mailboxes: { kind: 'personal' }, events: [] },
        ],
      },
    },
  ],
]
describe('server data', () => {
  for (const [text, wanted] of parsed) {
    test(text, () => assert.deepEqual(parseCommand(`a ${text}`, rev1), { tag: 'a', ...wanted }))
  }
})

const malformed: readonly string[] = [
  'GETMETADATA INBOX',
  'GETMETADATA INBOX ()',
  'GETMETADATA INBOX comment',
  'GETMETADATA INBOX /private/',
  'GETMETADATA INBOX "/private/a\xe4"',
  'GETMETADATA INBOX "/private/%"',
  'GETMETADATA (DEPTH 3) INBOX /private/a',
  'GETMETADATA (DEPTH 1 DEPTH 1 DEPTH 1) INBOX /private/a',
  'SETMETADATA INBOX (/private "x")',
  'SETMETADATA INBOX (/private/a x)',
  'SETMETADATA INBOX (/private/a {3}\r\na\0b)',
  'SETMETADATA INBOX',
  'GETQUOTA',
  'GETQUOTA a b',
  'SETQUOTA a',
  'SETQUOTA a (STORAGE -1)',
  'SETQUOTA a (STORAGE 1',
  'NOTIFY',
  'NOTIFY SOME',
  'NOTIFY SET (personal)',
  'NOTIFY SET (personal (MessageNew MessageExpunge)',
  'NOTIFY SET(personal NONE)',
  'NOTIFY SET (personal NONE)(inboxes NONE)',
]
describe('server data refuses', () => {
  for (const text of malformed) test(text, () => assert.throws(() => parseCommand(`a ${text}`, rev1), ImapParseError))
})

const utf8 = { ...rev1, utf8: true }
const printed: readonly (readonly [string, string])[] = [
  [printChildInfo(['SUBSCRIBED', 'SPECIAL-USE']), '"CHILDINFO" ("SUBSCRIBED" "SPECIAL-USE")'],
  [printOldName('ü'), '"OLDNAME" ("&APw-")'],
  [printOldName('ü', utf8), '"OLDNAME" ("\xc3\xbc")'],
  [printMetadata('', [['/private/a', undefined]]), '* METADATA "" (/private/a NIL)\r\n'],
  [
    printMetadata('ü', [
      ['/private/a b', Buffer.from('x')],
      ['/private/c', Buffer.from('\0')],
    ]),
    '* METADATA "&APw-" ("/private/a b" "x" /private/c ~{1}\r\n\0)\r\n',
  ],
  [printMetadataChange('INBOX', ['/private/a', '/shared/b']), '* METADATA INBOX /private/a /shared/b\r\n'],
  [printQuota('a b', []), '* QUOTA "a b" ()\r\n'],
  [printQuota('', [{ name: 'STORAGE', used: 1, limit: 2 }]), '* QUOTA "" (STORAGE 1 2)\r\n'],
  [printQuota('ж@x', []), '* QUOTA {4}\r\n\xd0\xb6@x ()\r\n'],
  [printQuotaRoot('INBOX', ['ж@x', 'ö@x']), '* QUOTAROOT INBOX {4}\r\n\xd0\xb6@x {4}\r\n\xc3\xb6@x\r\n'],
  [printQuotaRoot('INBOX', ['ж@x'], { ...rev1, utf8: true }), '* QUOTAROOT INBOX "\xd0\xb6@x"\r\n'],
  [printQuotaRoot('INBOX', []), '* QUOTAROOT INBOX\r\n'],
  [printQuotaRoot('ü', ['a@b', 'c']), '* QUOTAROOT "&APw-" "a@b" "c"\r\n'],
  [printCode({ code: 'METADATA', problem: 'MAXSIZE', number: 5 }), 'METADATA MAXSIZE 5'],
  [printCode({ code: 'METADATA', problem: 'TOOMANY' }), 'METADATA TOOMANY'],
  [printCode({ code: 'BADEVENT', events: ['a', 'b'] }), 'BADEVENT (a b)'],
]
describe('server data in print', () => {
  for (const [text, wanted] of printed) test(JSON.stringify(wanted), () => assert.equal(text, wanted))
})

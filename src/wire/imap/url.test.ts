import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { type ImapUrl, parseImapUrl } from './url.ts'

const message: ImapUrl = {
  server: undefined,
  mailbox: undefined,
  uidValidity: undefined,
  uid: 20,
  section: { part: [], text: { kind: 'all' } },
  partial: undefined,
  authorization: undefined,
}
const server = { user: 'joe', host: 'example.com' }
const section = { part: [1, 2], text: { kind: 'all' } } as const

describe('a URL names', () => {
  const table: readonly [string, Partial<ImapUrl>][] = [
    ['/INBOX/;UID=20', { mailbox: 'INBOX' }],
    ['INBOX/;uid=20/', { mailbox: 'INBOX' }],
    [';UID=20', {}],
    ['/;UID=20', {}],
    ['/inbox;UIDVALIDITY=785799047/;UID=20', { mailbox: 'INBOX', uidValidity: 785799047 }],
    ['/Lists/posthouse/;UID=20', { mailbox: 'Lists/posthouse' }],
    ['/Caf%C3%A9%20au%2Flait/;UID=20', { mailbox: 'Café au/lait' }],
    ['/Caf\xc3\xa9/;UID=20', { mailbox: 'Café' }],
    ['/Cafe%CC%81/;UID=20', { mailbox: 'Café' }],
    ['imap://joe@example.com/INBOX/;uid=20', { server, mailbox: 'INBOX' }],
    ['IMAP://joe;AUTH=*@Example.COM:993/INBOX/;uid=20', { server, mailbox: 'INBOX' }],
    ['imap://example.com/INBOX/;uid=20', { server: { user: undefined, host: 'example.com' }, mailbox: 'INBOX' }],
    ['imap://joe%40home@[::1]:143/A/;UID=20', { server: { user: 'joe@home', host: '[::1]' }, mailbox: 'A' }],
    ['/A/;UID=20/;SECTION=1.2', { mailbox: 'A', section }],
    ['/A/;UID=20;section=1.2', { mailbox: 'A', section }],
    ['/A/;UID=20/;SECTION=HEADER', { mailbox: 'A', section: { part: [], text: { kind: 'header' } } }],
    [
      '/A/;UID=20/;SECTION=1.HEADER.FIELDS%20(TO%20%22X%22)',
      { mailbox: 'A', section: { part: [1], text: { kind: 'header-fields', names: ['TO', 'X'], not: false } } },
    ],
    ['/A/;UID=20/;PARTIAL=0.1024', { mailbox: 'A', partial: { start: 0, length: 1024 } }],
    ['/A/;UID=20/;SECTION=1.2/;PARTIAL=9', { mailbox: 'A', section, partial: { start: 9, length: undefined } }],
  ]
  for (const [text, wanted] of table) test(text, () => assert.deepEqual(parseImapUrl(text), { ...message, ...wanted }))
})

describe('a URL authorizes', () => {
  const start = 'imap://joe@example.com/INBOX/;uid=20/;section=1.2'
  const rump = `${start};expire=2026-12-31T12:00:00+01:00;urlauth=submit+fred`
  const expiresAt = Date.UTC(2026, 11, 31, 11)
  const table: readonly [string, ImapUrl['authorization']][] = [
    [`${rump}`, { expiresAt, access: { kind: 'submit', user: 'fred' }, rump, proof: undefined }],
    [
      `${rump}:internal:91354a47`,
      {
        expiresAt,
        access: { kind: 'submit', user: 'fred' },
        rump,
        proof: { mechanism: 'INTERNAL', token: '91354a47' },
      },
    ],
    [
      `${start};urlauth=user+fr%40ed`,
      {
        expiresAt: undefined,
        access: { kind: 'user', user: 'fr@ed' },
        rump: `${start};urlauth=user+fr%40ed`,
        proof: undefined,
      },
    ],
    [
      `${start}/;URLAUTH=Anonymous`,
      { expiresAt: undefined, access: { kind: 'anonymous' }, rump: `${start}/;URLAUTH=Anonymous`, proof: undefined },
    ],
    [
      `${start};urlauth=authuser`,
      { expiresAt: undefined, access: { kind: 'authuser' }, rump: `${start};urlauth=authuser`, proof: undefined },
    ],
  ]
  for (const [text, wanted] of table) test(text, () => assert.deepEqual(parseImapUrl(text).authorization, wanted))
})

describe('refused', () => {
  const table = [
    '',
    '/',
    'INBOX',
    'http://example.com/INBOX/;UID=20',
    'imap:///INBOX/;UID=20',
    'imap://joe@/INBOX/;UID=20',
    'imap://example.com',
    '/INBOX/;UID=0',
    '/INBOX/;UID=*',
    '/INBOX/;UID=1:2',
    '/INBOX/;UID=20x',
    '/INBOX;UIDVALIDITY=0/;UID=20',
    '/INBOX?TEXT',
    '/IN%ZZBOX/;UID=20',
    '/IN%00BOX/;UID=20',
    '/IN%FFBOX/;UID=20',
    '/A/;UID=20/;SECTION=1.',
    '/A/;UID=20/;SECTION=NO',
    '/A/;UID=20/;SECTION=]<0.1>',
    '/A/;UID=20/;PARTIAL=',
    '/A/;UID=20/;PARTIAL=0.0',
    '/A/;UID=20/;PARTIAL=1/;SECTION=1',
    '/A/;UID=20;EXPIRE=2026-12-31T12:00:00Z',
    '/A/;UID=20;EXPIRE=2026-13-31T12:00:00Z;URLAUTH=anonymous',
    '/A/;UID=20;EXPIRE=tomorrow;URLAUTH=anonymous',
    '/A/;UID=20;URLAUTH=nobody',
    '/A/;UID=20;URLAUTH=user+',
    '/A/;UID=20;URLAUTH=anonymous:internal',
    '/A/;UID=20;URLAUTH=anonymous:internal:xyz',
    `/${'x'.repeat(5000)}/;UID=20`,
  ]
  for (const text of table) test(text.slice(0, 80), () => assert.throws(() => parseImapUrl(text), ParseError))
})

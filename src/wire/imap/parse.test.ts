import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command, FetchItem, SearchKey } from './command.ts'
import { commandStart, parseCommand } from './parse.ts'

const day = Date.UTC(2026, 1, 1)
const noArguments = [
  'CAPABILITY',
  'NOOP',
  'LOGOUT',
  'STARTTLS',
  'CHECK',
  'CLOSE',
  'UNSELECT',
  'EXPUNGE',
  'IDLE',
  'NAMESPACE',
] as const

const known = { uidValidity: 67_890_007, modseq: Number.MAX_SAFE_INTEGER, uids: undefined, match: undefined }
const notSelected = { condstore: false, known: undefined }

/** What the fields are that extensions add, where nothing of them was asked for. */
const notAsked: Readonly<Partial<Record<Command['verb'], object>>> = {
  SELECT: notSelected,
  EXAMINE: notSelected,
  STORE: { unchangedSince: undefined },
}

/** Without the tag, which is `a` in each, and what `notAsked` says. */
const commands: readonly (readonly [input: string, wanted: object])[] = [
  ...noArguments.map(verb => [verb, { verb }] as const),
  ['noop', { verb: 'NOOP' }],
  ['NoOp  ', { verb: 'NOOP' }],
  ['ID NIL', { verb: 'ID', fields: new Map() }],
  ['ID ()', { verb: 'ID', fields: new Map() }],
  [`ID ("${'a'.repeat(31)}" "b")`, { verb: 'ID', fields: new Map() }],
  [`ID ("a" "${'b'.repeat(1025)}" "c" "d")`, { verb: 'ID', fields: new Map([['c', 'd']]) }],
  [
    'ID ("Name" "x" "version" NIL "vendor" {3}\r\na"b)',
    {
      verb: 'ID',
      fields: new Map([
        ['name', 'x'],
        ['vendor', 'a"b'],
      ]),
    },
  ],
  ['ENABLE condstore X-FOO', { verb: 'ENABLE', capabilities: ['CONDSTORE', 'X-FOO'] }],
  ['LOGIN alice secret', { verb: 'LOGIN', user: 'alice', password: 'secret' }],
  ['LOGIN "al ice" "se\\"cr\\\\et"', { verb: 'LOGIN', user: 'al ice', password: 'se"cr\\et' }],
  ['LOGIN {5}\r\nalice {0}\r\n', { verb: 'LOGIN', user: 'alice', password: '' }],
  ['LOGIN {5+}\r\nalice {4+}\r\na\r\nb', { verb: 'LOGIN', user: 'alice', password: 'a\r\nb' }],
  ['LOGIN alice@example.test a]b+c', { verb: 'LOGIN', user: 'alice@example.test', password: 'a]b+c' }],
  ['LOGIN alice "p\xc3\xa4ss"', { verb: 'LOGIN', user: 'alice', password: 'päss' }],
  ['LOGIN alice "p\xe4ss"', { verb: 'LOGIN', user: 'alice', password: 'päss' }],
  ['AUTHENTICATE plain', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initial: undefined }],
  ['AUTHENTICATE PLAIN ', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initial: undefined }],
  ['AUTHENTICATE PLAIN =', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initial: new Uint8Array(0) }],
  ['AUTHENTICATE PLAIN AGEAYg==', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initial: Uint8Array.of(0, 97, 0, 98) }],
  ['SELECT inBox', { verb: 'SELECT', mailbox: 'INBOX' }],
  ['SELECT x (CONDSTORE)', { verb: 'SELECT', mailbox: 'x', condstore: true }],
  ['EXAMINE x ( condstore )', { verb: 'EXAMINE', mailbox: 'x', condstore: true }],
  ['SELECT x (QRESYNC (67890007 20050715194045000))', { verb: 'SELECT', mailbox: 'x', known: known }],
  [
    'SELECT x (QRESYNC (67890007 0 41,43:211))',
    {
      verb: 'SELECT',
      mailbox: 'x',
      known: {
        ...known,
        modseq: 0,
        uids: [
          { from: 41, to: 41 },
          { from: 43, to: 211 },
        ],
      },
    },
  ],
  [
    'SELECT x (QRESYNC (67890007 9 1:29 (5,7 15,21)) CONDSTORE)',
    {
      verb: 'SELECT',
      mailbox: 'x',
      condstore: true,
      known: {
        ...known,
        modseq: 9,
        uids: [{ from: 1, to: 29 }],
        match: {
          numbers: [
            { from: 5, to: 5 },
            { from: 7, to: 7 },
          ],
          uids: [
            { from: 15, to: 15 },
            { from: 21, to: 21 },
          ],
        },
      },
    },
  ],
  ['SELECT inbox/Work', { verb: 'SELECT', mailbox: 'INBOX/Work' }],
  ['SELECT Inboxes', { verb: 'SELECT', mailbox: 'Inboxes' }],
  ['SELECT Work/inbox', { verb: 'SELECT', mailbox: 'Work/inbox' }],
  ['EXAMINE "a b"', { verb: 'EXAMINE', mailbox: 'a b' }],
  ['EXAMINE {3}\r\na"b', { verb: 'EXAMINE', mailbox: 'a"b' }],
  ['SELECT a]', { verb: 'SELECT', mailbox: 'a]' }],
  ['SELECT Entw&APw-rfe', { verb: 'SELECT', mailbox: 'Entwürfe' }],
  ['SELECT "Q&-A &2D3cSw-"', { verb: 'SELECT', mailbox: 'Q&A 👋' }],
  ['SELECT "Entw\xc3\xbcrfe & mehr"', { verb: 'SELECT', mailbox: 'Entwürfe & mehr' }],
  ['SELECT "Entwu\xcc\x88rfe"', { verb: 'SELECT', mailbox: 'Entwürfe' }],
  ['DELETE x', { verb: 'DELETE', mailbox: 'x' }],
  ['SUBSCRIBE x', { verb: 'SUBSCRIBE', mailbox: 'x' }],
  ['UNSUBSCRIBE x', { verb: 'UNSUBSCRIBE', mailbox: 'x' }],
  ['CREATE x/', { verb: 'CREATE', mailbox: 'x/' }],
  ['CREATE x (USE (\\drafts))', { verb: 'CREATE', mailbox: 'x', specialUse: '\\Drafts' }],
  ['CREATE x (USE (\\Sent \\X-Foo))', { verb: 'CREATE', mailbox: 'x', specialUse: '\\Sent \\X-Foo' }],
  ['CREATE x ( use () ) ', { verb: 'CREATE', mailbox: 'x' }],
  ['RENAME a "b c"', { verb: 'RENAME', from: 'a', to: 'b c' }],
  ['LIST "" *', { verb: 'LIST', reference: '', patterns: ['*'], options: undefined }],
  ['LIST "" ""', { verb: 'LIST', reference: '', patterns: [''], options: undefined }],
  ['LIST Work/ %', { verb: 'LIST', reference: 'Work/', patterns: ['%'], options: undefined }],
  ['LIST "" inbox', { verb: 'LIST', reference: '', patterns: ['INBOX'], options: undefined }],
  ['LIST "" "&APw-/%"', { verb: 'LIST', reference: '', patterns: ['ü/%'], options: undefined }],
  ['LSUB {0}\r\n a%]*', { verb: 'LSUB', reference: '', pattern: 'a%]*' }],
  ['STATUS x (messages UNSEEN MESSAGES)', { verb: 'STATUS', mailbox: 'x', items: ['MESSAGES', 'UNSEEN'] }],
  [
    'STATUS inbox (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN )',
    { verb: 'STATUS', mailbox: 'INBOX', items: ['MESSAGES', 'RECENT', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN'] },
  ],
  [
    'UID EXPUNGE 1:3,7',
    {
      verb: 'UID EXPUNGE',
      set: [
        { from: 1, to: 3 },
        { from: 7, to: 7 },
      ],
    },
  ],
  [
    'STORE 1 FLAGS (\\Deleted)',
    { verb: 'STORE', uid: false, set: [{ from: 1, to: 1 }], action: 'replace', silent: false, flags: 8, keywords: [] },
  ],
  [
    'UID STORE *:4 +flags.silent \\Answered \\FLAGGED kw ',
    { verb: 'STORE', uid: true, set: [{ from: '*', to: 4 }], action: 'add', silent: true, flags: 6, keywords: ['kw'] },
  ],
  [
    'STORE 4294967295 -FLAGS ()',
    {
      verb: 'STORE',
      uid: false,
      set: [{ from: 4294967295, to: 4294967295 }],
      action: 'remove',
      silent: false,
      flags: 0,
      keywords: [],
    },
  ],
  ['COPY 1 x', { verb: 'COPY', uid: false, set: [{ from: 1, to: 1 }], mailbox: 'x' }],
  ['uid copy 1 x', { verb: 'COPY', uid: true, set: [{ from: 1, to: 1 }], mailbox: 'x' }],
  [
    'MOVE 1,* x',
    {
      verb: 'MOVE',
      uid: false,
      set: [
        { from: 1, to: 1 },
        { from: '*', to: '*' },
      ],
      mailbox: 'x',
    },
  ],
  ['UID  MOVE  5:2  x', { verb: 'MOVE', uid: true, set: [{ from: 5, to: 2 }], mailbox: 'x' }],
]

const flags = { kind: 'flags' } as const
const fast: readonly FetchItem[] = [flags, { kind: 'internaldate' }, { kind: 'rfc822.size' }]

function section(
  text: Extract<FetchItem, { kind: 'section' }>['section']['text'],
  more: object = {},
  part: readonly number[] = [],
) {
  return { kind: 'section', section: { part, text }, peek: false, partial: undefined, answerAs: 'BODY', ...more }
}

const fetches: readonly (readonly [input: string, wanted: readonly object[]])[] = [
  ['FLAGS', [flags]],
  ['flags', [flags]],
  ['ALL', [...fast, { kind: 'envelope' }]],
  ['fast', fast],
  ['FULL', [...fast, { kind: 'envelope' }, { kind: 'body' }]],
  ['(FLAGS UID)', [flags, { kind: 'uid' }]],
  ['( FLAGS  UID )', [flags, { kind: 'uid' }]],
  [
    '(ENVELOPE INTERNALDATE RFC822.SIZE BODY BODYSTRUCTURE)',
    [
      { kind: 'envelope' },
      { kind: 'internaldate' },
      { kind: 'rfc822.size' },
      { kind: 'body' },
      { kind: 'bodystructure' },
    ],
  ],
  ['RFC822', [section({ kind: 'all' }, { answerAs: 'RFC822' })]],
  ['RFC822.HEADER', [section({ kind: 'header' }, { answerAs: 'RFC822.HEADER', peek: true })]],
  ['RFC822.TEXT', [section({ kind: 'text' }, { answerAs: 'RFC822.TEXT' })]],
  ['RFC822.peek', [section({ kind: 'all' }, { answerAs: 'RFC822', peek: true })]],
  ['BODY[]', [section({ kind: 'all' })]],
  ['body.peek[]', [section({ kind: 'all' }, { peek: true })]],
  ['BODY[]<0.100>', [section({ kind: 'all' }, { partial: { start: 0, length: 100 } })]],
  ['BODY[TEXT]<4294967296.1>', [section({ kind: 'text' }, { partial: { start: 4294967296, length: 1 } })]],
  ['BODY[HEADER]', [section({ kind: 'header' })]],
  ['BODY[1]', [section({ kind: 'all' }, {}, [1])]],
  ['BODY[1.2.3]', [section({ kind: 'all' }, {}, [1, 2, 3])]],
  ['BODY[1.MIME]', [section({ kind: 'mime' }, {}, [1])]],
  ['BODY[4.2.header]', [section({ kind: 'header' }, {}, [4, 2])]],
  ['BODY[4.TEXT]', [section({ kind: 'text' }, {}, [4])]],
  [
    '(UID BODY.PEEK[HEADER.FIELDS (From "To" {2}\r\nCc)] FLAGS)',
    [
      { kind: 'uid' },
      section({ kind: 'header-fields', names: ['From', 'To', 'Cc'], not: false }, { peek: true }),
      flags,
    ],
  ],
  [
    'BODY[2.HEADER.FIELDS.NOT ( X-A )]<5.6>',
    [section({ kind: 'header-fields', names: ['X-A'], not: true }, { partial: { start: 5, length: 6 } }, [2])],
  ],
]

const hello: SearchKey = { key: 'text', text: 'hello' }
const one: SearchKey = { key: 'sequence', set: [{ from: 1, to: 1 }] }

const searches: readonly (readonly [input: string, key: object, charset?: string])[] = [
  ['ALL', { key: 'all' }],
  ['new', { key: 'new' }],
  ['OLD', { key: 'old' }],
  ['RECENT', { key: 'recent' }],
  ['ANSWERED', { key: 'flag', bit: 2, set: true }],
  ['DELETED', { key: 'flag', bit: 8, set: true }],
  ['DRAFT', { key: 'flag', bit: 16, set: true }],
  ['FLAGGED', { key: 'flag', bit: 4, set: true }],
  ['SEEN', { key: 'flag', bit: 1, set: true }],
  ['UNANSWERED', { key: 'flag', bit: 2, set: false }],
  ['UNDELETED', { key: 'flag', bit: 8, set: false }],
  ['UNDRAFT', { key: 'flag', bit: 16, set: false }],
  ['UNFLAGGED', { key: 'flag', bit: 4, set: false }],
  ['UNSEEN', { key: 'flag', bit: 1, set: false }],
  ['KEYWORD $Junk', { key: 'keyword', keyword: '$Junk', set: true }],
  ['UNKEYWORD $Junk', { key: 'keyword', keyword: '$Junk', set: false }],
  [
    '1:*,5',
    {
      key: 'sequence',
      set: [
        { from: 1, to: '*' },
        { from: 5, to: 5 },
      ],
    },
  ],
  ['*', { key: 'sequence', set: [{ from: '*', to: '*' }] }],
  ['UIDAFTER 7', { key: 'uid', set: [{ from: 8, to: 4_294_967_295 }] }],
  ['UIDBEFORE 7', { key: 'uid', set: [{ from: 1, to: 6 }] }],
  ['UIDBEFORE 1', { key: 'uid', set: [] }],
  ['UID 7', { key: 'uid', set: [{ from: 7, to: 7 }] }],
  ['BEFORE 1-Feb-2026', { key: 'before', day }],
  ['ON "01-feb-2026"', { key: 'on', day }],
  ['SINCE 1-Feb-2026', { key: 'since', day }],
  ['SENTBEFORE 1-Feb-2026', { key: 'sentbefore', day }],
  ['SENTON 1-Feb-2026', { key: 'senton', day }],
  ['SENTSINCE 1-Feb-2026', { key: 'sentsince', day }],
  ['LARGER 0', { key: 'larger', sizeBytes: 0 }],
  ['LARGER 9223372036854775807', { key: 'larger', sizeBytes: Number.MAX_SAFE_INTEGER }],
  ['SMALLER 5000000000', { key: 'smaller', sizeBytes: 5_000_000_000 }],
  ['FROM a@b', { key: 'header', name: 'from', text: 'a@b' }],
  ['TO "a b"', { key: 'header', name: 'to', text: 'a b' }],
  ['CC x', { key: 'header', name: 'cc', text: 'x' }],
  ['BCC x', { key: 'header', name: 'bcc', text: 'x' }],
  ['SUBJECT {3}\r\na"b', { key: 'header', name: 'subject', text: 'a"b' }],
  ['HEADER Message-ID ""', { key: 'header', name: 'message-id', text: '' }],
  ['BODY hello', { key: 'body', text: 'hello' }],
  ['TEXT hello', hello],
  ['TEXT "\xc3\xa4"', { key: 'text', text: 'ä' }],
  ['TEXT "\xe4"', { key: 'text', text: 'ä' }],
  ['NOT SEEN', { key: 'not', of: { key: 'flag', bit: 1, set: true } }],
  ['OR 1 TEXT hello', { key: 'or', left: one, right: hello }],
  ['OR (1 TEXT hello) NOT 1', { key: 'or', left: { key: 'and', all: [one, hello] }, right: { key: 'not', of: one } }],
  ['1 TEXT hello', { key: 'and', all: [one, hello] }],
  ['(1)', one],
  ['((1) ( TEXT hello ))', { key: 'and', all: [one, hello] }],
  ['CHARSET us-ascii TEXT hello', hello, 'us-ascii'],
  ['CHARSET UTF-8 TEXT {2}\r\n\xc3\xa4', { key: 'text', text: 'ä' }, 'UTF-8'],
  ['CHARSET "iso-8859-1" TEXT "\xe4"', { key: 'text', text: 'ä' }, 'iso-8859-1'],
  ['CHARSET gb18030 SUBJECT {4}\r\n\xc4\xe3\xba\xc3', { key: 'header', name: 'subject', text: '你好' }, 'gb18030'],
  ['CHARSET iso-2022-jp BODY {8}\r\n\x1b$B$\x22\x1b(B', { key: 'body', text: 'あ' }, 'iso-2022-jp'],
]

describe('parseCommand', () => {
  for (const [input, wanted] of commands) {
    test(input, () => {
      const command = parseCommand(`a ${input}`)
      assert.deepEqual(command, { tag: 'a', ...notAsked[command.verb], ...wanted })
    })
  }
  for (const [input, items] of fetches) {
    test(`FETCH ${input}`, () => {
      const set = [{ from: 1, to: 1 }]
      const command = {
        tag: 'a',
        verb: 'FETCH',
        set,
        items,
        changedSince: undefined,
        vanished: false,
        partial: undefined,
      }
      assert.deepEqual(parseCommand(`a FETCH 1 ${input}`), { ...command, uid: false })
      assert.deepEqual(parseCommand(`a uid fetch 1 ${input} `), { ...command, uid: true })
    })
  }
  for (const [input, key, charset] of searches) {
    test(`SEARCH ${input}`, () => {
      const search = { tag: 'a', verb: 'SEARCH', returns: undefined, charset, key }
      assert.deepEqual(parseCommand(`a SEARCH ${input}`), { ...search, uid: false })
      assert.deepEqual(parseCommand(`a UID SEARCH ${input} `), { ...search, uid: true })
    })
  }

  test('takes tags of every character that RFC 3501 gives them', () => {
    for (const tag of ['A001', '1', '.', 'a-b_c', ']', '~', "!#$&',-./:;<=>?@[^`|}"]) {
      assert.equal(parseCommand(`${tag} NOOP`).tag, tag)
    }
  })

  test('reads a set of thousands of ranges', () => {
    const uids = Array.from({ length: 10_000 }, (_, index) => index * 2 + 1)
    const command: Command = parseCommand(`a UID EXPUNGE ${uids.join(',')}`)
    assert.equal(command.verb === 'UID EXPUNGE' && command.set.length, 10_000)
  })

  test('counts depth, not how many parentheses there are', () => {
    const command = parseCommand(`a SEARCH ${'(NOT 1) '.repeat(500)}`)
    assert.equal(command.verb === 'SEARCH' && command.key.key === 'and' && command.key.all.length, 500)
  })

  test('reads a chain of a hundred ORs', () => {
    const command = parseCommand(`a SEARCH ${'OR FROM x '.repeat(100)}FROM y`)
    assert.equal(command.verb === 'SEARCH' && command.key.key, 'or')
  })
})

describe('commandStart', () => {
  const table: readonly (readonly [text: string, wanted: object])[] = [
    ['a LOGIN ', { tag: 'a', verb: 'LOGIN', at: 7 }],
    ['a uid fetch 1', { tag: 'a', verb: 'UID FETCH', at: 11 }],
    ['a UID', { tag: 'a', verb: 'UID', at: 5 }],
    ['a ', { tag: 'a', verb: '', at: 2 }],
    ['a', { tag: undefined, verb: '', at: 1 }],
    ['', { tag: undefined, verb: '', at: 0 }],
    ['(', { tag: undefined, verb: '', at: 0 }],
  ]
  for (const [text, wanted] of table) test(text, () => assert.deepEqual(commandStart(text), wanted))
})

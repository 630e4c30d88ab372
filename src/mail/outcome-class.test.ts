// The class table on replies as the big providers and servers really send them: outcome-replies.json has each with the public page where it stands.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { OutcomeClass } from './outcome.ts'
import { classify, type ReplyFacts, readReply } from './outcome-class.ts'
import { outcomeWords, wordsOf } from './outcome-words.ts'

interface Page {
  /** The page that quotes these replies. */
  readonly source: string
  /** A host as the MX records of the provider name it; null: any server may say it. */
  readonly host: string | null
  readonly replies: readonly (readonly [OutcomeClass, string])[]
}

const pages: readonly Page[] = JSON.parse(readFileSync(new URL('./outcome-replies.json', import.meta.url), 'utf8'))
const replies = pages.flatMap(({ host, replies }) => replies.map(([wanted, reply]) => ({ host, wanted, reply })))
const unknown: ReplyFacts = { host: undefined, stage: undefined }

function classOf(reply: string, facts: ReplyFacts = unknown): OutcomeClass | undefined {
  const read = readReply(reply)
  return read && classify(read, facts).class
}

describe('real replies', () => {
  test('are many, each with a page that quotes it', () => {
    assert.ok(new Set(replies.map(({ host, reply }) => `${host} ${reply}`)).size >= 400)
    for (const { source } of pages) assert.ok(URL.canParse(source) && source.startsWith('http'), source)
    assert.equal(new Set(pages.map(({ source }) => source)).size, pages.length)
  })

  test('are of every class that a peer can mean', () => {
    const known = Object.keys(outcomeWords).filter(one => one !== 'ours')
    assert.deepEqual([...new Set(replies.map(({ wanted }) => wanted))].sort(), known.sort())
  })

  test('are judged right', () => {
    const wrong = replies.flatMap(({ host, wanted, reply }) => {
      const got = classOf(reply, { host: host ?? undefined, stage: undefined })
      return got === wanted ? [] : [`${wanted}, not ${got}: ${reply}`]
    })
    assert.ok(wrong.length <= replies.length * 0.05, wrong.join('\n'))
  })

  test('of a recipient who is not there are never taken for anything else, and nothing else for them', () => {
    const isUnknown = (one: string | undefined) => one === 'recipient-unknown'
    const wrong = replies.filter(({ host, wanted, reply }) => {
      const got = classOf(reply, { host: host ?? undefined, stage: undefined })
      return isUnknown(got) !== isUnknown(wanted)
    })
    assert.deepEqual(wrong, [])
  })
})

const table: readonly (readonly [OutcomeClass, string, Partial<ReplyFacts>?])[] = [
  // What follows is advice on how to log in.
  [
    'policy',
    '550 5.7.1 <bob@far.test>: relaying denied: this address is not ours and you have not logged in. If you have an account here, log in: set your mail program to port 465 (TLS) or 587 (STARTTLS)',
  ],
  // An address says nothing of the message.
  ['unclear', '550 5.7.1 <spam.virus@quota.example>: no'],
  ['recipient-unknown', '550 5.1.1 <"over quota"@spam.example>: no such user'],
  // The same words mean another thing elsewhere.
  ['rate', '550 Mailbox unavailable or access denied', { host: 'MX1.QQ.com.' }],
  ['policy', '451 Internal resource temporarily unavailable', { host: 'eu-smtp-inbound-1.mimecast.com' }],
  ['network', '451 Internal resource temporarily unavailable', { host: 'mx.example.org' }],
  // What was under way tells the rest.
  ['mailbox-full', '552 no', { stage: 'recipient' }],
  ['too-large', '552 no', { stage: 'message' }],
  ['unclear', '552 no'],
  ['recipient-unknown', '551 not here', { stage: 'recipient' }],
  // Codes alone.
  ['recipient-unknown', '550 5.1.1'],
  ['mailbox-full', '452 4.2.2'],
  ['dns', '556 5.1.10'],
  ['tls', '550 5.7.30'],
  ['unclear', '550'],
  ['unclear', '554 5.7.1'],
  ['network', '421'],
  // It is the sender who is not there.
  ['policy', '550 5.1.0 <alice@example.com>: sender address does not exist'],
  ['policy', '550 5.7.1 your account has been suspended'],
  // Our own words, said by another server of this kind.
  ['recipient-unknown', '550 5.1.1 <bob@example.org>: there is no such mailbox here. Please check the spelling.'],
  ['recipient-unknown', '550 5.2.1 <bob@example.org>: this mailbox takes no mail at present.'],
  ['mailbox-full', '552 5.2.2 <bob@example.org>: this mailbox has been full for days.'],
  ['policy', '451 4.7.1 <bob@example.org>: greylisted: this sender is new here and is asked to wait'],
]

describe('a reply', () => {
  for (const [wanted, reply, facts] of table)
    test(`${wanted}: ${reply}`, () => assert.equal(classOf(reply, { ...unknown, ...facts }), wanted))

  test('is never of no class, whatever stands in it', () => {
    for (const text of ['', ' ', '\0\r\n', 'x'.repeat(10_000), 'the domain '.repeat(2_000), '\ud800<@>'])
      for (const code of [400, 421, 450, 550, 599])
        assert.ok(outcomeWords[classify({ code, enhanced: undefined, text }, unknown).class])
  })
})

describe('the status of a reply', () => {
  const statuses: readonly (readonly [string, string])[] = [
    ['550 5.1.1 no', '5.1.1'],
    // RFC 3463 2: the first digit has to agree with the code.
    ['450 5.1.1 no', '4.1.1'],
    ['550 no', '5.0.0'],
    ['421', '4.0.0'],
    ['554 sorry, no mailbox here by that name. (#5.1.1)', '5.1.1'],
    ['550 #5.1.0 Address rejected.', '5.1.0'],
    ['550-5.7.26 no', '5.7.26'],
  ]
  for (const [reply, wanted] of statuses)
    test(`${reply} is ${wanted}`, () => {
      const read = readReply(reply)
      assert.ok(read !== undefined)
      assert.equal(classify(read, unknown).status, wanted)
    })
})

test('a line without a code is read by the status beside it', () => {
  assert.deepEqual(readReply('no such user', '5.1.1'), { code: 550, enhanced: '5.1.1', text: 'no such user' })
  assert.deepEqual(readReply('busy', '4.2.1'), { code: 450, enhanced: '4.2.1', text: 'busy' })
  assert.deepEqual(readReply('550 gone', '5.1.6'), { code: 550, enhanced: '5.1.6', text: 'gone' })
  assert.equal(readReply('no such user'), undefined)
  assert.equal(readReply('250 2.0.0 ok'), undefined)
})

test('a provider is known by the end of a host name alone', () => {
  const provider = (host: string) =>
    classify({ code: 550, enhanced: undefined, text: '' }, { host, stage: undefined }).provider
  assert.equal(provider('aspmx.l.google.com'), 'google')
  assert.equal(provider('example-org.mail.protection.outlook.com'), 'microsoft')
  assert.equal(provider('mta7.am0.yahoodns.net'), 'yahoo')
  assert.equal(provider('notgoogle.com'), undefined)
  assert.equal(provider('google.com.example.org'), undefined)
  assert.equal(provider(''), undefined)
})

describe('words of their own', () => {
  const words: readonly (readonly [OutcomeClass, string, string, RegExp, RegExp])[] = [
    [
      'policy',
      '5.7.1',
      'returned by the operator of mail.example.test: misspelt',
      /^The operator of this server/,
      /^The administrator of \{host\}\.$/,
    ],
    ['ours', '5.4.6', '554 5.4.6 <bob@far.test>: it goes round in a loop', /goes round in a loop/, /forwarding/],
    ['dns', '5.4.6', 'mail for far.test would come back', /goes round in a loop/, /forwarding/],
    ['dns', '5.1.10', '556 5.1.10 far.test takes no mail', /takes no mail at all/, /mistyped/],
    [
      'recipient-unknown',
      '5.1.10',
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound',
      /no such mailbox/,
      /person you write to/,
    ],
    ['network', '5.4.6', '554 5.4.6 Too many hops', /goes round in a loop/, /forwarding/],
    [
      'policy',
      '5.7.1',
      '554 5.7.1 <bob@far.test>: Relay access denied',
      /does not take mail for this address/,
      /mistyped/,
    ],
    [
      'policy',
      '5.7.1',
      '550 5.7.1 relaying denied for bob@far.test',
      /does not take mail for this address/,
      /mistyped/,
    ],
    ['policy', '5.7.1', '550 5.7.1 Use the SMTP relay of your provider', /has a rule/, /receiving server/],
    ['policy', '5.7.1', 'it was returned by the operator of far.test', /has a rule/, /receiving server/],
    ['policy', '4.7.1', '451 4.7.1 Greylisted, try again in 5 minutes', /for now\.$/, /receiving server/],
    ['network', '4.4.1', 'mx.far.test: it refused the connection', /could not be reached/, /receiving server/],
  ]
  for (const [kind, status, reply, happened, mender] of words)
    test(`${kind} ${status} ${reply}`, () => {
      const found = wordsOf({ class: kind, status, reply })
      assert.match(found.happened, happened)
      assert.match(found.mender, mender)
    })
})

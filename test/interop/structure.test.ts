// What FETCH says of every golden message, beside what Dovecot says of the same mailbox: each difference has its reason in the table.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { askDovecot, dovecotInstalled } from '../support/dovecot-imap.ts'
import { fetchResponses, type Value } from '../support/fetch-response.ts'
import { imapPlace } from '../transcripts/imap/place.ts'

const parts = ['1', '2', '3', '1.1', '1.2', '2.1', '2.2', '1.1.1', '2.1.1']
const words = ['', '.MIME', '.HEADER', '.TEXT']
const sections = ['', 'HEADER', 'TEXT', 'HEADER.FIELDS (FROM SUBJECT)', 'HEADER.FIELDS.NOT (FROM SUBJECT)']
for (const part of parts) for (const word of words) sections.push(`${part}${word}`)
const items = ['ENVELOPE', 'BODYSTRUCTURE', 'BODY', 'RFC822.SIZE', ...sections.map(section => `BODY.PEEK[${section}]`)]

interface Difference {
  /** Names, a space between. */
  readonly messages: string
  readonly items: RegExp
  readonly why: string
}

const differences: readonly Difference[] = [
  {
    messages: 'rfc2231-language rfc2231-parameters',
    items: /^BODY/,
    why: 'a plain piece among encoded ones is encoded too (RFC 2231 4.1), and parameters keep their order; Dovecot only joins the pieces',
  },
  {
    messages:
      'address-commas address-empty-angle address-no-local address-quoted-local bad-from-empty envelope-empty-fields rfc5322-obsolete',
    items: /^ENVELOPE$/,
    why: 'Dovecot makes an address of what is none (two commas, <>, an empty quoted string); here it is passed over, or kept if there is a domain',
  },
  {
    messages:
      'address-double-angle address-group-nested address-semicolons address-trailing-dot address-two-ats address-unclosed-angle address-unquoted-specials envelope-malformed',
    items: /^ENVELOPE$/,
    why: 'Dovecot gives up the list at what no RFC allows; here the rest is read as its writer meant it',
  },
  {
    messages: 'address-name-comment',
    items: /^ENVELOPE$/,
    why: 'a comment before the address is its name here too, as old programs wrote it',
  },
  {
    messages: 'address-only-name rfc5322-obsolete-space',
    items: /^ENVELOPE$/,
    why: 'words without an address: Dovecot takes them for the name, here they are the mailbox, as a reader would see them in either',
  },
  {
    messages: 'bad-date-twice duplicate-fields',
    items: /^ENVELOPE$/,
    why: "of a field that may stand once the first counts: a second one is a forger's. Dovecot takes the last, and every From",
  },
  {
    messages: 'bad-bare-cr bad-nul',
    items: /./,
    why: 'Dovecot puts a space for CR, and 0x80 for NUL in ENVELOPE too; here fields are told without them',
  },
  {
    messages: 'bad-tab-fold header-whitespace mbox-from-line',
    items: /^ENVELOPE$/,
    why: 'Dovecot turns tabs into spaces; unfolding removes the line end alone (RFC 5322 2.2.3)',
  },
  {
    messages: 'bad-boundary-equals bad-boundary-in-text boundary-prefix-of-another',
    items: /^BODY/,
    why: 'Dovecot takes a line that begins with the boundary for it; here it is the boundary and white space (RFC 2046 5.1.1), and a parameter may hold =',
  },
  {
    messages: 'bad-boundary-quoted-space boundary-trailing-space empty-boundary',
    items: /^BODY/,
    why: 'white space that ends a boundary is not compared (RFC 2046 5.1.1); an empty boundary is none',
  },
  {
    messages:
      'bad-boundary-close-first bad-multipart-no-body nested-empty-multipart no-boundary-parameter no-parts only-closing-boundary',
    items: /^BODY/,
    why: 'a multipart without parts is text here: clients expect parts in a multipart. Dovecot shows one empty part',
  },
  {
    messages: 'bad-part-header-only boundary-at-end-of-file boundary-in-headers empty-parts',
    items: /^BODY/,
    why: "a part begins at its boundary even if nothing follows; the line end before a boundary is the boundary's, in a header as well",
  },
  {
    messages: 'bad-message-header-only digest nested-message-then-text',
    items: /^BODY/,
    why: "a message without a blank line in a part: its last line end is the boundary's",
  },
  {
    messages: 'bad-message-quoted-printable encodings message-base64',
    items: /^BODY/,
    why: 'an encoded message/rfc822 (RFC 2046 5.2.1 forbids it) is a file; Dovecot looks into the encoded text',
  },
  {
    messages:
      'client-gmail message-other-types nested-digest-of-multipart nested-multiparts nested-prefix-boundaries nested-same-boundary',
    items: /^BODY/,
    why: 'the line end between an inner closing boundary and the outer boundary belongs to that one (RFC 2046 5.1.1)',
  },
  {
    messages:
      'bad-encoding-comment bad-encoding-quoted bad-encoding-two-words bad-encoding-unknown client-pine-legacy client-sun-legacy',
    items: /^BODY/,
    why: 'an encoding that is unknown or oddly written is told as written; Dovecot says 7bit',
  },
  {
    messages:
      'bad-disposition-bare-filename bad-id-no-brackets bad-language-list bad-parameter-no-value bad-parameter-single-quotes bad-parameter-unclosed-quote bad-parameter-unquoted-spaces bad-type-empty bad-type-extra-words bad-type-no-semicolon bad-type-no-subtype bad-type-semicolon bad-type-slash-only content-type-malformed',
    items: /^BODY/,
    why: 'what is malformed is read as far as it can be; Dovecot drops the field, or says an empty type',
  },
  {
    messages:
      'bad-fold-first-line bad-header-no-colon bad-only-colon bad-truncated-in-header mbox-from-line no-blank-line',
    items: /^BODY\[HEADER\.FIELDS/,
    why: 'lines that are no fields are not among the fields; a blank line ends the fields even where the header has none',
  },
  {
    messages: 'rfc6532-global',
    items: /^BODY/,
    why: 'message/global is looked into by number; sessions without UTF-8 see a file in BODYSTRUCTURE',
  },
]

const golden = join(import.meta.dirname, '../../src/mail/golden')
const names = readdirSync(golden)
  .filter(file => file.endsWith('.eml'))
  .map(file => file.slice(0, -'.eml'.length))
const messages = names.map(name => new Uint8Array(readFileSync(join(golden, `${name}.eml`))))

test('FETCH says what Dovecot says, but for what has a reason', { skip: !dovecotInstalled() }, async () => {
  const command = `a FETCH 1:* (${items.join(' ')})`
  const theirs = fetchResponses(await askDovecot(messages, [command]))
  const ours = fetchResponses(await askPosthouse(command))
  assert.equal(ours.size, messages.length)
  assert.equal(theirs.size, messages.length)
  const unexplained: string[] = []
  const used = new Set<string>()
  for (const [index, name] of names.entries()) {
    const [own = new Map<string, Value>(), other = new Map<string, Value>()] = [
      ours.get(index + 1),
      theirs.get(index + 1),
    ]
    for (const [item, value] of own) {
      const [one, two] = [comparable(value, item), comparable(other.get(item), item)]
      if (one === two || isLeafsOnlyPart(item, value, own)) continue
      const row = differences.find(row => row.messages.split(' ').includes(name) && row.items.test(item))
      if (row === undefined) unexplained.push(`${name} ${item}\n   here ${one}\n  there ${two}`)
      else used.add(`${name}: ${row.why}`)
    }
  }
  assert.equal(unexplained.join('\n'), '')
  const all = differences.flatMap(({ messages, why }) => messages.split(' ').map(name => `${name}: ${why}`))
  const unused = all.filter(one => !used.has(one))
  assert.deepEqual(unused, [], 'reasons for differences that are gone')
})

async function askPosthouse(command: string): Promise<string> {
  await using place = await imapPlace()
  const deliver = place.actions?.['deliver']
  assert.ok(deliver)
  for (const message of messages) await deliver(`alice ${Buffer.from(message).toString('latin1')}`)
  const client = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
  client.send(`${command}\r\n`)
  return await client.receive()
}

/** Without what differs everywhere. */
function comparable(value: Value, item: string): string {
  if (value === undefined) return '""' // Dovecot says "" of a part that is not there.
  if (typeof value === 'string') return JSON.stringify(value)
  const printed = JSON.stringify(plain(value, item)) ?? ''
  // Dovecot keeps the case of types, and of encodings.
  return printed.toLowerCase()
}

/** Dovecot: MISSING_DOMAIN for what is '' here, routes that nobody follows any more, a charset that no parameter gave, octets over 127 raw. */
function plain(value: Value, item: string): unknown {
  if (Array.isArray(value)) {
    const list = value.map(one => plain(one, item))
    if (item === 'ENVELOPE' && list.length === 4 && typeof list[1] === 'string') list[1] = null
    if (item !== 'ENVELOPE') return withoutGivenCharset(list)
    return list
  }
  if (value === undefined) return null
  if (typeof value !== 'string') return value
  if (/[\x80-\xff]|=\?utf-8\?B\?|^utf-8''|xn--/.test(value)) return 'beyond ASCII'
  return /^(?:MISSING_MAILBOX|MISSING_DOMAIN|SYNTAX_ERROR|INVALID_ROUTE)$/.test(value) ? '' : value.replace(/\*$/, '')
}

function withoutGivenCharset(list: readonly unknown[]): unknown {
  const at = list.findIndex((word, index) => word === 'charset' && list[index + 1] === 'us-ascii')
  if (at < 0) return list
  const rest = list.toSpliced(at, 2)
  return rest.length === 0 ? null : rest
}

/** RFC 9051 6.4.5.1: only a message has a part 1 that is itself. Dovecot gives it to every part that holds none. */
function isLeafsOnlyPart(item: string, value: Value, own: ReadonlyMap<string, Value>): boolean {
  const part = /^BODY\[([\d.]+)\.1(?:\.MIME|\.1|\.1\.MIME|\.1\.HEADER|\.1\.TEXT|\.HEADER|\.TEXT)?\]$/.exec(item)?.[1]
  return value === undefined && part !== undefined && own.get(`BODY[${part}]`) !== undefined
}

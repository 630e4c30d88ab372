import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Capabilities, noCapabilities, readCapabilities } from './capabilities.ts'

const nothing: Capabilities = { ...noCapabilities, isExtended: true }

const table: readonly (readonly [readonly string[], Partial<Capabilities>])[] = [
  [[], {}],
  [
    ['PIPELINING', 'CHUNKING', 'BINARYMIME', '8BITMIME', 'SMTPUTF8', 'DSN', 'STARTTLS', 'REQUIRETLS', 'MT-PRIORITY'],
    {
      pipelining: true,
      chunking: true,
      binaryMime: true,
      eightBitMime: true,
      smtpUtf8: true,
      dsn: true,
      startTls: true,
      requireTls: true,
      priority: true,
    },
  ],
  [['pipelining', ' 8BitMime '], { pipelining: true, eightBitMime: true }],
  // RFC 3030 3: no binary messages without chunks.
  [['BINARYMIME'], {}],
  [['SIZE 1000'], { sizeBytes: 1000 }],
  [['SIZE'], { sizeBytes: 0 }],
  [['SIZE 0'], { sizeBytes: 0 }],
  [['SIZE many'], { sizeBytes: 0 }],
  [['SIZE=1000'], { sizeBytes: 1000 }],
  [['DELIVERBY'], { deliverBySeconds: 0 }],
  [['DELIVERBY 240'], { deliverBySeconds: 240 }],
  [['AUTH PLAIN login'], { auth: new Set(['PLAIN', 'LOGIN']) }],
  [['AUTH=PLAIN LOGIN', 'AUTH PLAIN CRAM-MD5'], { auth: new Set(['PLAIN', 'LOGIN', 'CRAM-MD5']) }],
  [['AUTH'], {}],
  [['LIMITS RCPTMAX=20 MAILMAX=5 RCPTDOMAINMAX=1'], { limits: { mails: 5, recipients: 20, recipientDomains: 1 } }],
  [
    ['LIMITS rcptmax=20 OTHER=x MAILMAX=five RCPTDOMAINMAX=0'],
    { limits: { mails: undefined, recipients: 20, recipientDomains: undefined } },
  ],
  [['LIMITS XRCPTMAX=20'], {}],
  [['', '!', 'X-OTHER what is this', 'PIPELINING'], { pipelining: true }],
  [[...new Array(300).fill('X'), 'PIPELINING'], {}],
]

for (const [lines, wanted] of table)
  test(lines.join(', ').slice(0, 60) || 'nothing', () =>
    assert.deepEqual(readCapabilities(['peer.example', ...lines]), { ...nothing, ...wanted }),
  )

test('the greeting is none, whatever it says', () => {
  assert.deepEqual(readCapabilities(['PIPELINING']), nothing)
  assert.deepEqual(readCapabilities([]), nothing)
})

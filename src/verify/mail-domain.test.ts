import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MailExchanger } from '#io/dns.ts'
import { fixedDns } from '#io/fixed-dns.ts'
import { takesNoMail } from './mail-domain.ts'

const table: readonly (readonly [
  why: string,
  records: readonly MailExchanger[] | 'unknown',
  wanted: boolean | undefined,
])[] = [
  ['the null MX', [{ host: '', preference: 0 }], true],
  ['an MX', [{ host: 'mx.example', preference: 10 }], false],
  [
    'a null MX beside another is none (RFC 7505 3)',
    [
      { host: '', preference: 0 },
      { host: 'mx.example', preference: 10 },
    ],
    false,
  ],
  ['no MX at all', [], false],
  ['no answer', 'unknown', undefined],
]
for (const [why, records, wanted] of table) {
  test(`takes no mail: ${why}`, async () => {
    assert.equal(await takesNoMail(fixedDns({ exchangers: { 'example.test': records } }), 'example.test'), wanted)
  })
}

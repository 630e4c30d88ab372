import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providerOf } from './providers.ts'

const table: readonly (readonly [hosts: string[], wanted: string])[] = [
  [['gmail-smtp-in.l.google.com', 'alt1.gmail-smtp-in.l.google.com'], 'google'],
  [['aspmx.l.google.com'], 'google'],
  [['Example-Com.mail.protection.outlook.com.'], 'microsoft'],
  [['mta7.am0.yahoodns.net'], 'yahoo'],
  [['mx01.mail.icloud.com'], 'apple'],
  [['mx1.there.example', 'mx2.there.example'], 'there.example'],
  [['mx.mail.there.example'], 'mail.there.example'],
  [['there.example'], 'there.example'],
  [['notgoogle.com'], 'notgoogle.com'],
  [['backup.there.example', 'aspmx.l.google.com'], 'google'],
  [['192.0.2.1'], '192.0.2.1'],
  [['2001:db8::1'], '2001:db8::1'],
]

test('domains share the pace of whoever takes their mail', () => {
  for (const [hosts, wanted] of table) assert.equal(providerOf(hosts), wanted, hosts.join())
})

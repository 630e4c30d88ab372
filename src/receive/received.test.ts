import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from './intake.ts'
import { receivedField } from './received.ts'

const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', servername: undefined }
const account = { accountId: 1, address: 'a@b', disabled: false, createdAt: 0 }
const server: Client = { address: '192.0.2.1', hello: 'x.test', extended: true, tls: undefined, account: undefined }

function field(client: Partial<Client>, onlyRecipient?: string, peerName?: string): string {
  return receivedField({
    peerName,
    client: { ...server, ...client },
    hostname: 'us.test',
    messageId: 'id1',
    onlyRecipient,
    now: 0,
  })
}

describe('the trace field', () => {
  const end = ';\r\n\tThu, 01 Jan 1970 00:00:00 +0000\r\n'
  const table: readonly [name: string, field: string, wanted: string][] = [
    ['names both hosts', field({}), `Received: from x.test ([192.0.2.1])\r\n\tby us.test with ESMTP id id1${end}`],
    [
      'gives the name that DNS knows',
      field({}, undefined, 'mail.x.test'),
      `Received: from x.test (mail.x.test [192.0.2.1])\r\n\tby us.test with ESMTP id id1${end}`,
    ],
    [
      'knows HELO',
      field({ extended: false }),
      `Received: from x.test ([192.0.2.1])\r\n\tby us.test with SMTP id id1${end}`,
    ],
    [
      'knows TLS and its cipher',
      field({ tls }),
      `Received: from x.test ([192.0.2.1])\r\n\tby us.test with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384) id id1${end}`,
    ],
    [
      'knows a login, not whose',
      field({ tls, account }),
      `Received: from x.test ([192.0.2.1])\r\n\tby us.test with ESMTPSA (TLSv1.3 TLS_AES_256_GCM_SHA384) id id1${end}`,
    ],
    [
      'names a recipient who is alone',
      field({}, 'c@d'),
      `Received: from x.test ([192.0.2.1])\r\n\tby us.test with ESMTP id id1\r\n\tfor <c@d>${end}`,
    ],
    [
      'writes IPv6 as RFC 5321 4.1.3 wants',
      field({ address: '2001:db8::1' }),
      `Received: from x.test ([IPv6:2001:db8::1])\r\n\tby us.test with ESMTP id id1${end}`,
    ],
    [
      'lets no client write clauses of its own',
      field({ hello: 'a(b);c\xe9' }),
      `Received: from a?b??c? ([192.0.2.1])\r\n\tby us.test with ESMTP id id1${end}`,
    ],
  ]
  for (const [name, printed, wanted] of table) test(name, () => assert.equal(printed, wanted))
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from './intake.ts'
import { receivedField } from './received.ts'

const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', servername: undefined }
const account = { accountId: 1, address: 'a@b', disabled: false, createdAt: 0 }
const server: Client = {
  address: '192.0.2.1',
  port: 25_000,
  name: undefined,
  hello: 'x.test',
  protocol: 'ESMTP',
  tls: undefined,
  account: undefined,
  connection: '1',
}

function field(client: Partial<Client>, onlyRecipient?: string, peerName?: string, utf8 = false): string {
  return receivedField({
    peerName,
    client: { ...server, ...client },
    hostname: 'us.test',
    messageId: 'id1',
    utf8,
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
      field({ protocol: 'SMTP' }),
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
      'believes a trusted peer that looked up the name',
      field({ name: 'real.x.test' }, undefined, 'proxy.test'),
      `Received: from x.test (real.x.test [192.0.2.1])\r\n\tby us.test with ESMTP id id1${end}`,
    ],
    [
      'names a recipient who is alone, in any script',
      field({}, 'grüße@d', undefined, true),
      `Received: from x.test ([192.0.2.1])\r\n\tby us.test with UTF8SMTP id id1\r\n\tfor <grüße@d>${end}`,
    ],
    [
      'knows a unix socket',
      field({ address: 'unix', protocol: 'LMTP' }),
      `Received: from x.test (unix socket)\r\n\tby us.test with LMTP id id1${end}`,
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

describe('the protocol has its registered name', () => {
  const none = {}
  const table: readonly [client: Partial<Client>, utf8: boolean, wanted: string][] = [
    [{ protocol: 'SMTP' }, false, 'SMTP'],
    [none, false, 'ESMTP'],
    [{ account }, false, 'ESMTPA'],
    [{ tls }, false, 'ESMTPS'],
    [{ tls, account }, false, 'ESMTPSA'],
    [none, true, 'UTF8SMTP'],
    [{ account }, true, 'UTF8SMTPA'],
    [{ tls }, true, 'UTF8SMTPS'],
    [{ tls, account }, true, 'UTF8SMTPSA'],
    [{ protocol: 'LMTP' }, false, 'LMTP'],
    [{ protocol: 'LMTP', tls }, false, 'LMTPS'],
    [{ protocol: 'LMTP', tls, account }, false, 'LMTPSA'],
    [{ protocol: 'LMTP' }, true, 'UTF8LMTP'],
    [{ protocol: 'LMTP', tls }, true, 'UTF8LMTPS'],
  ]
  for (const [client, utf8, wanted] of table)
    test(wanted, () => assert.match(field(client, undefined, undefined, utf8), new RegExp(` with ${wanted} `)))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionRefusal } from '#throttle/connections.ts'
import { refusedConnection } from './refused-connection.ts'

const table: readonly [ConnectionRefusal, string][] = [
  [
    { kind: 'too-many-in-all', limit: 10_000 },
    '421 4.7.0 mail.example.test has too many connections at present. Your mail server will try again by itself.\r\n',
  ],
  [
    { kind: 'too-many-from-address', limit: 50 },
    '421 4.7.0 Your address has 50 connections open here, and no more are taken. Close some; a mail server needs few, and one connection takes many messages.\r\n',
  ],
  [
    { kind: 'too-fast', limitPerMinute: 300, retryAfterMs: 1_001 },
    '421 4.7.0 Your network connects too fast: at most 300 connections a minute are taken from it. Wait 2 seconds, and send several messages on one connection.\r\n',
  ],
]

for (const [refusal, wanted] of table)
  test(`a connection that is ${refusal.kind} is told so in place of a greeting`, () =>
    assert.equal(refusedConnection(refusal, 'mail.example.test'), wanted))

// HOST:PORT as it is typed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHostAndPort } from './host-and-port.ts'

test('a host with its port', () => {
  const table: [string, string | undefined][] = [
    ['mail.example.org:2525', 'mail.example.org 2525'],
    ['Mail.Example.org', 'mail.example.org 25'],
    ['localhost:1025', 'localhost 1025'],
    ['bücher.example:26', 'xn--bcher-kva.example 26'],
    ['192.0.2.1:587', '192.0.2.1 587'],
    ['[2001:db8::1]:465', '2001:db8::1 465'],
    ['[2001:db8::1]', '2001:db8::1 25'],
    ['2001:db8::1', '2001:db8::1 25'],
    ['::1', '::1 25'],
    ['', undefined],
    [':25', undefined],
    ['a b:25', undefined],
    ['mail.example.org:0', undefined],
    ['mail.example.org:65536', undefined],
    ['mail.example.org:smtp', undefined],
    ['mail.example.org:', undefined],
    ['[192.0.2.1]:25', undefined],
    ['[mail.example.org]:25', undefined],
    ['[::1', undefined],
    ['a..b:25', undefined],
  ]
  for (const [text, wanted] of table) {
    const read = readHostAndPort(text, 25)
    assert.equal(read && `${read.host} ${read.port}`, wanted, text)
  }
})

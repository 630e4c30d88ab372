// What `posthouse explain` says of replies, ours and others'.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeTerminal } from './fake-terminal.ts'
import { run } from './run.ts'

const posthouse = async (line: string, typed: { readonly piped?: string } = {}) => {
  const terminal = fakeTerminal({ folder: '.', ...typed })
  const code = await run(line.split(' '), terminal)
  return { code, printed: terminal.printed, said: terminal.said }
}

test('a reply is explained, whoever gave it', async () => {
  const table: [string, readonly RegExp[]][] = [
    [
      'explain 550 5.7.1 <x@y.test>: relaying denied',
      [/^550 5\.7\.1: relay-denied\n/, /\nWho can mend it\n {2}Whoever writes/, /#section-7\.9\n[\s\S]*other reasons/],
    ],
    ['explain relay-denied', [/^550 5\.7\.1: relay-denied\n/]],
    ['explain 451', [/^451 {2}a fault/, /greylisted \(451 4\.7\.1\)/, /fault \(451 4\.3\.0\)/]],
    ['explain 5.7.1', [/^5\.7\.1 {2}it is not allowed/, /relay-denied \(550/, /content-refused \(554/]],
    [
      'explain 554 5.7.1 Relay access denied',
      [
        /not those of Posthouse/,
        /tells more:\n {2}content-refused, relay-denied, /,
        /sent from here:\n {2}policy: The server that the message was brought to does not take mail for this address/,
      ],
    ],
    ['explain 5.7.509', [/no registered code/, /reply of another server/]],
    [
      'explain 552 5.2.2 user is over quota',
      [/sent from here:\n {2}mailbox-full: The mailbox is full\. Who can mend it: /],
    ],
    ['explain 4.4.7', [/^4\.4\.7 {2}it could not be delivered in time/, /report of a message/]],
    ['explain 551 5.1.6 gone', [/^551 /, /reply of another server/]],
    ['explain 250', [/^250 {2}done$/]],
  ]
  for (const [line, wanted] of table) {
    const { code, printed, said } = await posthouse(line)
    assert.equal(code, 0, said.join('\n'))
    for (const one of wanted) assert.match(printed.join('\n'), one, line)
    assert.ok(
      printed.every(one => one.length <= 120),
      'lines fit a terminal',
    )
  }
  const bounce =
    'Subject: returned\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1\n <x@y.test>: there is no\n such mailbox here\n'
  assert.match((await posthouse('explain', { piped: bounce })).printed[0] ?? '', /^550 5\.1\.1: no-such-mailbox$/)
  const objects = (await posthouse('explain greylisted --json')).printed.map(one => JSON.parse(one))
  assert.deepEqual(
    objects.slice(0, 2).map(({ kind, name, meant, code, who }) => [kind, name, meant, code, who]),
    [
      ['code', undefined, undefined, 451, undefined],
      ['reason', 'greylisted', true, 451, 'nobody'],
    ],
  )
})

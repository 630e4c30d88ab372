// The bad peer itself: it takes mail as an honest server does, does what it is told, and sees what its client does wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { memoryChannelPair } from '#io/memory-channel.ts'
import { BadPeer } from './bad-peer.ts'
import type { BadPeerOptions } from './bad-peer-script.ts'

/** What the peer says to each of these packets in turn; `(closed)` at the end if it has closed. */
async function conversation(peer: BadPeer, packets: readonly string[]): Promise<readonly string[]> {
  const { server, client } = memoryChannelPair({ clock: manualClock(), tls: true })
  const run = peer.run(server)
  const said = [await client.receive()]
  for (const packet of packets) {
    if (client.closed) break
    client.send(packet)
    said.push(await client.receive())
  }
  if (client.closed) said.push('(closed)')
  else client.end()
  await run
  return said
}

const hello = 'EHLO client.test\r\n'
const envelope = 'MAIL FROM:<a@client.test> BODY=8BITMIME\r\nRCPT TO:<b@peer.test>\r\nRCPT TO:<c@peer.test>\r\n'

test('it takes a message by DATA and by BDAT', async () => {
  const peer = new BadPeer({ name: 'peer.test', extensions: ['PIPELINING', 'CHUNKING', '8BITMIME'] })
  const said = await conversation(peer, [
    hello,
    `${envelope}DATA\r\n`,
    'Subject: one\r\n\r\n..dot\r\n.\r\n',
    `${envelope}BDAT 16 LAST\r\nSubject: two\r\n\r\n`,
    'QUIT\r\n',
  ])
  assert.deepEqual(said, [
    '220 peer.test ESMTP\r\n',
    '250-peer.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-8BITMIME\r\n250 STARTTLS\r\n',
    '250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.1.5 ok\r\n354 go ahead\r\n',
    '250 2.0.0 taken\r\n',
    '250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.1.5 ok\r\n250 2.0.0 taken\r\n',
    '221 2.0.0 bye\r\n',
    '(closed)',
  ])
  assert.deepEqual(
    peer.taken.map(({ text, to, acknowledged }) => ({ text, to, acknowledged })),
    [
      { text: 'Subject: one\r\n\r\n.dot\r\n', to: ['<b@peer.test>', '<c@peer.test>'], acknowledged: true },
      { text: 'Subject: two\r\n\r\n', to: ['<b@peer.test>', '<c@peer.test>'], acknowledged: true },
    ],
  )
  assert.deepEqual(peer.mistakes, [])
})

test('it does what it is told, step by step', async () => {
  const peer = new BadPeer({
    script: {
      EHLO: '502 5.5.1 no',
      RCPT: ['552 5.5.3 too many', undefined],
      message: [{ takes: true, end: 'reset' }],
    },
  })
  const said = await conversation(peer, [
    hello,
    'HELO client.test\r\n',
    'MAIL FROM:<>\r\n',
    'RCPT TO:<b@peer.test>\r\n',
    'RCPT TO:<b@peer.test>\r\n',
    'DATA\r\n',
    '.\r\n',
  ])
  assert.deepEqual(said.slice(1), [
    '502 5.5.1 no\r\n',
    '250 peer.example\r\n',
    '250 2.1.0 ok\r\n',
    '552 5.5.3 too many\r\n',
    '250 2.1.5 ok\r\n',
    '354 go ahead\r\n',
    '',
    '(closed)',
  ])
  assert.equal(peer.taken[0]?.acknowledged, false)
})

const mistakes: readonly [what: string, options: BadPeerOptions, packets: readonly string[], wanted: RegExp][] = [
  [
    'pipelining that was not offered',
    { extensions: [] },
    [hello, 'MAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\n'],
    /PIPELINING/,
  ],
  [
    'octets behind DATA',
    {},
    [hello, 'MAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n'],
    /behind DATA/,
  ],
  ['a parameter that was not offered', { extensions: [] }, [hello, 'MAIL FROM:<> SIZE=9\r\n'], /SIZE was not offered/],
  ['MAIL without EHLO', {}, ['MAIL FROM:<>\r\n'], /no EHLO/],
  ['a line that ends with LF alone', {}, ['EHLO x\n'], /without CR/],
  ['a bare LF', {}, [hello, 'MAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n', 'a\nb\r\n.\r\n'], /bare CR or LF/],
  ['eight bits', {}, [hello, 'MAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n', '\xe9\r\n.\r\n'], /beyond ASCII/],
]

for (const [what, options, packets, wanted] of mistakes)
  test(`it sees ${what}`, async () => {
    const peer = new BadPeer(options)
    await conversation(peer, packets)
    assert.equal(peer.mistakes.length, 1, peer.mistakes.join('\n'))
    assert.match(peer.mistakes[0] ?? '', wanted)
  })

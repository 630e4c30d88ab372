// However the network cuts a pipeline of APPENDs, CATENATEs and refused literals into pieces: the answers are the same, and so are the mailboxes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imapPlace } from './imap/place.ts'

const pipeline = [
  'a APPEND INBOX (\\Seen) {18+}\r\nSubject: a\r\n\r\ntext (\\Flagged) {14+}\r\nSubject: b\r\n\r\n\r\n',
  'b APPEND INBOX CATENATE (TEXT {14+}\r\nSubject: c\r\n\r\n URL "/INBOX/;UID=1/;SECTION=TEXT" TEXT ~{3+}\r\n\0\n\0)\r\n',
  'c APPEND Nowhere {5+}\r\nhello {5+}\r\nworld\r\n',
  'd APPEND INBOX {9+}\r\n}{5+}\r\nab {2000000+}\r\n',
  `${'x'.repeat(2_000_000)}\r\n`,
  'e APPEND INBOX CATENATE (URL "/INBOX/;UID=99" TEXT {7+}\r\na\r\nb {1} URL "/INBOX/;UID=1")\r\n',
  'k APPEND INBOX {3+}\r\nabcd {5+}\r\nhello\r\n',
  'f APPEND {5+}\r\nINBOX {0+}\r\n\r\n',
  'g APPEND INBOX ~{3+}\r\n\r\n\0 {2+}\r\n\r\n\r\n',
  'h UID REPLACE 1 Drafts {6+}\r\n{1+}\r\n\r\n',
  'i CREATE {100000+}\r\n',
  `${'y'.repeat(100_000)} (\r\n`,
  'j FETCH 1:* (UID FLAGS RFC822.SIZE)\r\n',
].join('')

test('any split of the input gives the same answers', async () => {
  const wanted = await answersTo([pipeline])
  assert.match(wanted, /^a OK \[APPENDUID \d+ 1:2\]/m)
  assert.match(wanted, /^b OK \[APPENDUID \d+ 3\]/m)
  for (const line of [
    'c NO [TRYCREATE]',
    'd NO [TOOBIG]',
    'e NO [BADURL',
    'k BAD',
    'f NO [CANNOT]',
    'h OK',
    'i NO [TOOBIG]',
    'j OK',
  ])
    assert.ok(wanted.includes(`\r\n${line}`), line)
  const random = generator(4469)
  for (let round = 0; round < 20; round += 1)
    assert.equal(await answersTo(pieces(random, round)), wanted, `round ${round}`)
})

const longRun = /x+|y+/y

/** Round 0 cuts all short parts octet by octet, later ones at random places. */
function pieces(random: () => number, round: number): readonly string[] {
  const cut: string[] = []
  for (let at = 0; at < pipeline.length; ) {
    longRun.lastIndex = at
    const run = longRun.exec(pipeline)?.[0].length ?? 0
    const size = run > 1000 ? Math.ceil(run * (0.2 + random() * 0.9)) : round === 0 ? 1 : 1 + Math.floor(random() * 60)
    cut.push(pipeline.slice(at, at + size))
    at += size
  }
  return cut
}

/** Numbers that name the time are taken out. */
async function answersTo(sent: readonly string[]): Promise<string> {
  await using place = await imapPlace()
  const client = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
  for (const piece of sent) client.send(piece)
  const said = await client.receiveUntil(text => /^j OK/m.test(text))
  return said.replace(/(APPENDUID|COPYUID) \d+/g, '$1 1')
}

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

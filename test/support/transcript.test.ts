// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a transcript writes a capture

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseTranscript, runTranscript, type TranscriptPeer } from './transcript.ts'

/** A peer whose server greets, answers `echo X` with X, `twice X` with two lines, and closes on `bye`. */
function toyPeer(): TranscriptPeer & { readonly sent: string[] } {
  let waiting = 'hello id7\r\n'
  let closed = false
  const sent: string[] = []
  return {
    sent,
    send(bytes) {
      const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1')
      sent.push(text)
      for (const line of text.split('\r\n')) {
        if (line.startsWith('echo ')) waiting += `${line.slice(5)}\r\n`
        if (line.startsWith('twice ')) waiting += `${line.slice(6)}\r\n${line.slice(6)}\r\n`
        if (line === 'bye') closed = true
      }
    },
    receive() {
      const came = waiting
      waiting = ''
      return Promise.resolve(came)
    },
    end() {
      closed = true
    },
    get closed() {
      return closed
    },
  }
}

const run = (lines: string) => runTranscript(lines, { openers: { toy: toyPeer }, patienceMs: 0 })

describe('a transcript passes when', () => {
  const table: readonly [string, string][] = [
    ['lines are as they came', 'S: hello id7\nC: echo a b\nS: a b'],
    ['a star stands for any text', 'S: hello *\nC: echo a-b\nS: *-*'],
    ["IMAP's untagged star is itself", 'S: hello id7\nC: echo * 1 EXISTS\nS: * 1 *'],
    ['an escaped star is itself', 'S: hello id7\nC: echo (\\*)\nS: (\\*)'],
    ['an unknown backslash is itself', 'S: hello id7\nC: echo \\Seen \\Flagged\nS: \\Seen \\Flagged'],
    ['lines are passed over', 'S: ...\nC: echo 1\nC: echo 2\nC: echo 3\nS: ...\nS: 3'],
    ['a capture is sent and wanted again', 'S: hello ${id}\nC: echo x${id}x\nS: x${id}x'],
    ['one line captures the same text twice', 'S: hello id7\nC: echo 5/5\nS: ${n}/${n}'],
    ['octets are written as escapes', 'S: hello id7\nC: echo \\x41\\0\nS: A\\0'],
    ['a text is repeated', 'S: hello id7\nC: echo ${a*5}\nS: aaaaa'],
    ['lines are repeated', 'S: hello id7\nC:+ ${echo a\\r\\n*2}\nS: a\nS: a'],
    ['a line is sent in pieces', 'S: hello id7\nC:+ ec\nC:+ ho x\nC: y\nS: xy'],
    ['connections are apart', '1 S: hello *\n2 S: hello *\n2 C: echo 2\n1 C: echo 1\n1 S: 1\n2 S: 2'],
    ['a connection is opened by name', '1 O: toy\n1 S: hello *\n1 C: bye\n1 S: <closed>'],
    ['nothing more came', 'S: hello *\nC: echo a\nS: a\nS: <nothing>'],
    ['comments and blank lines stand between', '# one\n\nS: hello id7\n'],
    ['what is left at the end is passed over', 'S: ...'],
  ]
  for (const [name, lines] of table) test(name, () => run(lines))
})

describe('a transcript fails when', () => {
  const table: readonly [string, string, RegExp][] = [
    ['a line differs', 'S: hello id8', /line 1/],
    ['a line is missing', 'S: hello *\nS: more', /line 2.*nothing more/],
    ['a line is left over', 'C: echo a\nS: hello *', /unexpected at the end/],
    ['the untagged star would have to match a tag', 'S: hello *\nC: echo a OK\nS: * OK', /line 3/],
    ['a captured text differs', 'S: hello ${id}\nC: echo other\nS: ${id}', /line 3/],
    ['something came where nothing should', 'S: <nothing>', /line 1/],
    ['the server stays open', 'S: hello *\nS: <closed>', /should have closed/],
    ['a line is no step', 'X: what', /line 1 is no step/],
    ['nothing matches after lines were passed over', 'S: ...\nS: never', /passed over:\nhello id7/],
  ]
  for (const [name, lines, message] of table) test(name, () => assert.rejects(run(lines), { message }))
})

test('C: lines that follow each other leave in one piece', async () => {
  const peer = toyPeer()
  await runTranscript('C: a\nC: b\nS: hello *\nC: c', { openers: { toy: () => peer } })
  assert.deepEqual(peer.sent, ['a\r\nb\r\n', 'c\r\n'])
})

test('actions are called in their place with their argument', async () => {
  const called: string[] = []
  await runTranscript('S: hello *\n! note one two\n! note', {
    openers: { toy: toyPeer },
    actions: { note: argument => void called.push(argument) },
  })
  assert.deepEqual(called, ['one two', ''])
})

test('a step knows its line, connection and kind', () => {
  assert.deepEqual(parseTranscript('# c\n2 C:+ x'), [{ line: 2, connection: '2', kind: 'send', text: 'x' }])
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Dialect, rev1 } from '#wire/imap/dialect.ts'
import { parseCommand } from '#wire/imap/parse.ts'
import { planFetch } from './plan.ts'

describe('a FETCH needs', () => {
  const qresync: Dialect = { ...rev1, condstore: true, qresync: true }
  const uidOnly: Dialect = { ...rev1, uidOnly: true }
  const table: readonly [string, { kinds: string; reads: boolean; seen: boolean }, Dialect?][] = [
    ['FETCH 1 FLAGS', { kinds: 'flags', reads: false, seen: false }],
    ['UID FETCH 1 FLAGS', { kinds: 'uid flags', reads: false, seen: false }],
    ['UID FETCH 1 (FLAGS UID)', { kinds: 'flags uid', reads: false, seen: false }],
    ['FETCH 1 (FLAGS FLAGS)', { kinds: 'flags', reads: false, seen: false }],
    ['FETCH 1 FAST', { kinds: 'flags internaldate rfc822.size', reads: false, seen: false }],
    ['FETCH 1 ALL', { kinds: 'flags internaldate rfc822.size envelope', reads: true, seen: false }],
    ['FETCH 1 BODY', { kinds: 'body', reads: true, seen: false }],
    ['FETCH 1 BODY[]', { kinds: 'section', reads: true, seen: true }],
    ['FETCH 1 BODY.PEEK[]', { kinds: 'section', reads: true, seen: false }],
    ['FETCH 1 (BODY.PEEK[1] BODY.PEEK[2])', { kinds: 'section section', reads: true, seen: false }],
    ['FETCH 1 RFC822.HEADER', { kinds: 'section', reads: true, seen: false }],
    ['FETCH 1 RFC822.TEXT', { kinds: 'section', reads: true, seen: true }],
    ['FETCH 1 (PREVIEW EMAILID)', { kinds: 'preview emailid', reads: true, seen: false }],
    ['FETCH 1 (EMAILID THREADID SAVEDATE)', { kinds: 'emailid threadid savedate', reads: false, seen: false }],
    ['FETCH 1 BINARY[1]', { kinds: 'binary', reads: true, seen: true }],
    ['FETCH 1 BINARY.PEEK[1]', { kinds: 'binary', reads: true, seen: false }],
    ['FETCH 1 (BINARY.SIZE[1] BINARY.SIZE[2])', { kinds: 'binary.size binary.size', reads: true, seen: false }],
    ['FETCH 1 FLAGS (CHANGEDSINCE 1)', { kinds: 'modseq flags', reads: false, seen: false }],
    ['UID FETCH 1 (MODSEQ FLAGS) (CHANGEDSINCE 1)', { kinds: 'uid modseq flags', reads: false, seen: false }],
    ['FETCH 1 BODY[]', { kinds: 'uid section', reads: true, seen: true }, qresync],
    ['FETCH 1 BODY.PEEK[]', { kinds: 'section', reads: true, seen: false }, qresync],
    ['UID FETCH 1 FLAGS', { kinds: 'flags', reads: false, seen: false }, uidOnly],
    ['UID FETCH 1 (UID FLAGS)', { kinds: 'uid flags', reads: false, seen: false }, uidOnly],
    ['FETCH 1 RFC822', { kinds: 'section', reads: true, seen: true }],
  ]
  for (const [text, wanted, dialect = rev1] of table)
    test(text, () => {
      const command = parseCommand(`a ${text}`)
      assert.equal(command.verb, 'FETCH')
      const plan = planFetch(command.items, { uid: command.uid, changedSince: command.changedSince, dialect })
      const kinds = plan.items.map(({ kind }) => kind).join(' ')
      assert.deepEqual({ kinds, reads: plan.readsMessages, seen: plan.setsSeen }, wanted)
    })
})

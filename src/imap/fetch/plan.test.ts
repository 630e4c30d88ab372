import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseCommand } from '#wire/imap/parse.ts'
import { planFetch } from './plan.ts'

describe('a FETCH needs', () => {
  const table: readonly [string, { kinds: string; reads: boolean; seen: boolean }][] = [
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
    ['FETCH 1 RFC822', { kinds: 'section', reads: true, seen: true }],
  ]
  for (const [text, wanted] of table)
    test(text, () => {
      const command = parseCommand(`a ${text}`)
      assert.equal(command.verb, 'FETCH')
      const plan = planFetch(command.items, command.uid)
      const kinds = plan.items.map(({ kind }) => kind).join(' ')
      assert.deepEqual({ kinds, reads: plan.readsMessages, seen: plan.setsSeen }, wanted)
    })
})

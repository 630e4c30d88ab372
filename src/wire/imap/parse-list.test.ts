import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rev1 } from './dialect.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { parseCommand } from './parse.ts'

const everything = { subscribed: false, specialUse: false, recursive: false }
const nothing = {
  subscribed: false,
  children: false,
  specialUse: false,
  myRights: false,
  status: undefined,
  metadata: undefined,
}

function list(patterns: readonly string[], selection: object, returns: object) {
  const options = { selection: { ...everything, ...selection }, returns: { ...nothing, ...returns } }
  return { tag: 'a', verb: 'LIST', reference: '', patterns, options }
}

const extended: readonly (readonly [string, unknown])[] = [
  ['LIST () "" *', list(['*'], {}, {})],
  ['LIST (subscribed Remote) "" %', list(['%'], { subscribed: true }, {})],
  ['LIST ( SPECIAL-USE RECURSIVEMATCH )  "" %', list(['%'], { specialUse: true, recursive: true }, {})],
  ['LIST "" (inbox "a b" {1}\r\nc %)', list(['INBOX', 'a b', 'c', '%'], {}, {})],
  ['LIST "" * RETURN ()', list(['*'], {}, {})],
  [
    'LIST "" * return (Children SUBSCRIBED SPECIAL-USE myrights children)',
    list(['*'], {}, { children: true, subscribed: true, specialUse: true, myRights: true }),
  ],
  [
    'LIST (SUBSCRIBED) "" (a b) RETURN (STATUS (MESSAGES unseen MESSAGES) METADATA (/private/X "/shared/y z"))',
    list(['a', 'b'], { subscribed: true }, { status: ['MESSAGES', 'UNSEEN'], metadata: ['/private/x', '/shared/y z'] }),
  ],
]

const malformed: readonly string[] = [
  'LIST (NOSUCH) "" *',
  'LIST (SUBSCRIBED "" *',
  'LIST (RECURSIVEMATCH) "" *',
  'LIST (REMOTE RECURSIVEMATCH) "" *',
  'LIST (SUBSCRIBED)"" *',
  'LIST "" ()',
  'LIST "" (a b',
  'LIST "" * CHILDREN',
  'LIST "" * RETURN',
  'LIST "" * RETURN(CHILDREN)',
  'LIST "" * RETURN (STATUS)',
  'LIST "" * RETURN (STATUS ())',
  'LIST "" * RETURN (METADATA (/other/x))',
  'LIST "" * RETURN (CHILDREN) x',
  'LSUB (SUBSCRIBED) "" *',
  'LSUB "" (a b)',
]

describe('extended LIST', () => {
  for (const [text, wanted] of extended) {
    test(text, () => assert.deepEqual(parseCommand(`a ${text}`, rev1), wanted))
  }
})

describe('extended LIST refuses', () => {
  for (const text of malformed) test(text, () => assert.throws(() => parseCommand(`a ${text}`, rev1), ImapParseError))
})

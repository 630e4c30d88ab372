import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { canBeHidden } from '#wire/imap/hideable.ts'
import { hiddenFrom, hiddenVerbs, isHidden } from './hidden.ts'

describe('a capability is hidden by its name, or by what stands before its =', () => {
  const table: readonly [name: string, hidden: readonly string[], wanted: boolean][] = [
    ['COMPRESS=DEFLATE', [], false],
    ['COMPRESS=DEFLATE', ['COMPRESS=DEFLATE'], true],
    ['COMPRESS=DEFLATE', ['COMPRESS'], true],
    ['THREAD=REFERENCES', ['THREAD=ORDEREDSUBJECT'], false],
    ['IMAP4rev2', ['IMAP4REV2'], true],
    ['MOVE', ['MOV', 'REMOVE'], false],
  ]
  for (const [name, hidden, wanted] of table)
    test(`${name} by ${hidden.join(' ')}`, () => assert.equal(isHidden(name, new Set(hidden)), wanted))
})

test('with a capability go its commands', () => {
  assert.deepEqual([...hiddenVerbs(new Set(['COMPRESS=DEFLATE', 'MOVE']))], ['COMPRESS', 'MOVE', 'UID MOVE'])
  assert.deepEqual([...hiddenVerbs(new Set(['COMPRESS', 'CONDSTORE']))], ['COMPRESS'])
})

test('a rule without a program is for all of them', () => {
  const rules = [{ client: undefined, version: undefined, capabilities: ['UNAUTHENTICATE'] }]
  for (const fields of [{}, { name: 'Mail', version: '1' }])
    assert.deepEqual(hiddenFrom(rules, new Map(Object.entries(fields))), ['UNAUTHENTICATE'])
})

describe('a rule is for a program of that name, and of versions that begin so', () => {
  const rules = [
    { client: 'Mail', version: '16.', capabilities: ['IDLE'] },
    { client: 'mail', version: undefined, capabilities: ['MOVE'] },
  ]
  const table: readonly [fields: Record<string, string>, wanted: readonly string[]][] = [
    [{}, []],
    [{ name: 'Mail 2' }, []],
    [{ name: 'MAIL' }, ['MOVE']],
    [{ name: 'Mail', version: '16.1' }, ['IDLE', 'MOVE']],
    [{ name: 'Mail', version: '116.1' }, ['MOVE']],
  ]
  for (const [fields, wanted] of table)
    test(JSON.stringify(fields), () => assert.deepEqual(hiddenFrom(rules, new Map(Object.entries(fields))), wanted))
})

test('what can be hidden', () => {
  for (const name of ['COMPRESS=DEFLATE', 'compress', 'MOVE', 'IMAP4rev2', 'UIDONLY', 'APPENDLIMIT'])
    assert.equal(canBeHidden(name), true, name)
  for (const name of ['IMAP4rev1', 'STARTTLS', 'AUTH=PLAIN', 'COMPRESS=', 'X', ''])
    assert.equal(canBeHidden(name), false, name)
})

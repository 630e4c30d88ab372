import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { capabilities, capabilityRules } from './capabilities.ts'
import { parseCommand } from './parse.ts'
import { commandName, commandRules, isAllowed, type State, stateAfter } from './state.ts'

describe('the state machine', () => {
  const states: readonly State[] = ['not-authenticated', 'authenticated', 'selected', 'logout']
  const table: readonly (readonly [command: string, allowed: string])[] = [
    ['NOOP', 'nas'],
    ['CAPABILITY', 'nas'],
    ['ID NIL', 'nas'],
    ['LOGOUT', 'nas'],
    ['STARTTLS', 'n'],
    ['LOGIN a b', 'n'],
    ['AUTHENTICATE PLAIN', 'n'],
    ['ENABLE X', 'as'],
    ['SELECT x', 'as'],
    ['EXAMINE x', 'as'],
    ['APPEND x {0}\r\n', 'as'],
    ['IDLE', 'as'],
    ['STATUS x (UNSEEN)', 'as'],
    ['CLOSE', 's'],
    ['UNSELECT', 's'],
    ['EXPUNGE', 's'],
    ['UID EXPUNGE 1', 's'],
    ['FETCH 1 FLAGS', 's'],
    ['UID FETCH 1 FLAGS', 's'],
    ['SEARCH ALL', 's'],
    ['MOVE 1 x', 's'],
  ]
  for (const [text, allowed] of table) {
    test(`${text} is allowed in ${allowed}`, () => {
      const command = parseCommand(`a ${text}`)
      const found = states.filter(state => isAllowed(command, state)).map(state => state.charAt(0))
      assert.equal(found.join(''), allowed)
    })
  }

  test('nothing is allowed after LOGOUT', () => {
    for (const rule of Object.values(commandRules)) assert.ok(!rule.allowedIn.includes('logout'))
  })

  const moves: readonly (readonly [command: string, from: State, status: 'OK' | 'NO' | 'BAD', to: State])[] = [
    ['LOGIN a b', 'not-authenticated', 'OK', 'authenticated'],
    ['LOGIN a b', 'not-authenticated', 'NO', 'not-authenticated'],
    ['AUTHENTICATE PLAIN', 'not-authenticated', 'OK', 'authenticated'],
    ['STARTTLS', 'not-authenticated', 'OK', 'not-authenticated'],
    ['SELECT x', 'authenticated', 'OK', 'selected'],
    ['SELECT x', 'selected', 'NO', 'authenticated'],
    ['EXAMINE x', 'selected', 'BAD', 'selected'],
    ['CLOSE', 'selected', 'OK', 'authenticated'],
    ['UNSELECT', 'selected', 'OK', 'authenticated'],
    ['LOGOUT', 'selected', 'OK', 'logout'],
    ['NOOP', 'selected', 'OK', 'selected'],
    ['COPY 1 x', 'selected', 'NO', 'selected'],
  ]
  for (const [text, from, status, to] of moves) {
    test(`${text} from ${from}, answered ${status}, leads to ${to}`, () => {
      assert.equal(stateAfter(parseCommand(`a ${text}`), from, status), to)
    })
  }

  test('only what reads and searches by sequence number holds back EXPUNGE', () => {
    const held = Object.entries(commandRules).filter(([, rule]) => rule.holdsExpunges)
    assert.deepEqual(held.map(([name]) => name).sort(), ['FETCH', 'SEARCH', 'SORT', 'STORE', 'THREAD'])
  })

  test('names a command with its UID form apart', () => {
    assert.equal(commandName(parseCommand('a uid move 1 x')), 'UID MOVE')
    assert.equal(commandName(parseCommand('a move 1 x')), 'MOVE')
    assert.equal(commandName(parseCommand('a uid expunge 1')), 'UID EXPUNGE')
  })
})

describe('capabilities', () => {
  const open = { canStartTls: true, canLogIn: false, mechanisms: ['PLAIN', 'LOGIN'], appendLimit: 1 }
  const secure = { canStartTls: false, canLogIn: true, mechanisms: ['PLAIN', 'LOGIN'], appendLimit: 1 }

  test('before TLS there is STARTTLS and no way to log in', () => {
    assert.equal(
      capabilities('not-authenticated', open).join(' '),
      'IMAP4rev1 IMAP4rev2 LITERAL+ ID STARTTLS LOGINDISABLED',
    )
  })

  test('under TLS there are the mechanisms', () => {
    assert.equal(
      capabilities('not-authenticated', secure).join(' '),
      'IMAP4rev1 IMAP4rev2 LITERAL+ ID SASL-IR AUTH=PLAIN AUTH=LOGIN',
    )
  })

  test('after login there is what a mailbox can do, and nothing to log in with', () => {
    const always = 'IMAP4rev1 IMAP4rev2 LITERAL+ ID'.split(' ')
    const named =
      'ENABLE IDLE UIDPLUS MOVE CONDSTORE QRESYNC ESEARCH SORT ACL NOTIFY COMPRESS=DEFLATE APPENDLIMIT=1'.split(' ')
    const told = capabilities('authenticated', secure)
    assert.deepEqual(told.slice(0, always.length), always)
    for (const name of named) assert.ok(told.includes(name), name)
    assert.ok(told.every(name => !/^(?:AUTH=|SASL-IR|STARTTLS|LOGINDISABLED)/.test(name)))
    assert.deepEqual(capabilities('selected', open), told)
  })

  test('each stands in the table once', () => {
    assert.equal(new Set(capabilityRules.map(({ name }) => name)).size, capabilityRules.length)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unwantedOfServers, unwantedOfUsers } from './unwanted.ts'

const ofServers = unwantedOfServers('mail.example.test')
const ofUsers = unwantedOfUsers('mail.example.test')

describe('Authentication-Results are ours', () => {
  const table: readonly [value: string, wanted: boolean][] = [
    ['mail.example.test; spf=pass', true],
    ['MAIL.Example.TEST;spf=pass', true],
    ['mail.example.test 1; none', true],
    ['(we say) mail.example.test (so) 1; dkim=pass', true],
    ['(a (nested) \\) one)mail.example.test', true],
    ['"mail.example.test"; spf=pass', true],
    ['mail.example.test.; spf=pass', true],
    ['mail.example.test', true],
    ['', true],
    [`(${'x'.repeat(999)}`, true],
    ['mail.example.test.evil; spf=pass', false],
    ['xmail.example.test; spf=pass', false],
    ['example.test; spf=pass', false],
    ['other.test; x=mail.example.test', false],
    ['(mail.example.test) other.test; spf=pass', false],
  ]
  for (const [value, wanted] of table)
    test(`${wanted ? '' : 'not '}${value.slice(0, 60)}`, () => {
      assert.equal(
        ofServers('authentication-results', () => value),
        wanted,
      )
      assert.equal(
        ofUsers('authentication-results', () => value),
        wanted,
      )
    })
})

test('other fields go or stay by their names alone', () => {
  const unread = () => assert.fail('the value was asked for')
  const table: readonly [name: string, servers: boolean, users: boolean][] = [
    ['return-path', true, true],
    ['bcc', false, true],
    ['resent-bcc', false, true],
    ['received', false, false],
    ['delivered-to', false, false],
    ['subject', false, false],
  ]
  for (const [name, servers, users] of table) {
    assert.equal(ofServers(name, unread), servers, name)
    assert.equal(ofUsers(name, unread), users, name)
  }
})

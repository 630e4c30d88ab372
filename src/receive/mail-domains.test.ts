import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedDns } from '#io/fixed-dns.ts'
import { manualClock } from '#io/manual-clock.ts'
import { MailDomains } from './mail-domains.ts'

test('a domain is asked about once in a while, an address literal never', async () => {
  const asked: string[] = []
  const fixed = fixedDns({ exchangers: { 'none.test': [{ host: '', preference: 0 }] } })
  const exchangers = (domain: string) => {
    asked.push(domain)
    return fixed.exchangers(domain)
  }
  const clock = manualClock()
  const domains = new MailDomains({ ...fixed, exchangers }, clock)
  assert.equal(await domains.takesNoMail('none.test'), true)
  assert.equal(await domains.takesNoMail('none.test'), true)
  assert.equal(await domains.takesNoMail('some.test'), false)
  assert.equal(await domains.takesNoMail('[192.0.2.1]'), false)
  assert.deepEqual(asked, ['none.test', 'some.test'])
  clock.advance(600_000)
  await domains.takesNoMail('none.test')
  assert.equal(asked.length, 3)
})

test('a domain is asked about again with the next message when nobody answered', async () => {
  const asked: string[] = []
  const fixed = fixedDns({ exchangers: { 'slow.test': 'unknown' } })
  const exchangers = (domain: string) => {
    asked.push(domain)
    return fixed.exchangers(domain)
  }
  const domains = new MailDomains({ ...fixed, exchangers }, manualClock())
  assert.equal(await domains.takesNoMail('slow.test'), false)
  assert.equal(await domains.takesNoMail('slow.test'), false)
  assert.deepEqual(asked, ['slow.test', 'slow.test'])
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PeerFacts } from '#verify/peer-checks.ts'
import { type MessageFacts, messageRefusal, peerRefusal, type SenderFacts, senderVerdict } from './verdict.ts'

describe('a message', () => {
  const clean: MessageFacts = {
    bareLineEnd: undefined,
    beginsBlank: false,
    receivedFields: 3,
    deliveredBefore: undefined,
    foreignFrom: undefined,
    refusedContent: undefined,
  }
  const table: readonly [name: string, facts: Partial<MessageFacts>, reason: string | undefined][] = [
    ['that is clean is taken', {}, undefined],
    ['that has passed 50 servers is taken', { receivedFields: 50 }, undefined],
    ['that goes in a loop is refused', { receivedFields: 51 }, 'loop'],
    ['that was delivered before is refused', { deliveredBefore: 'a@b' }, 'delivered-to-loop'],
    ['that would continue our trace is refused', { beginsBlank: true }, 'begins-blank'],
    ['with a bare LF is refused', { bareLineEnd: 'LF' }, 'bare-line-end'],
    ["with somebody else's From is refused", { foreignFrom: { address: 'x@y', user: 'a@b' } }, 'from-not-yours'],
    ['that fits a rule is refused', { refusedContent: { field: 'subject', contains: 'x' } }, 'content-refused'],
    ['has its smuggling named first', { bareLineEnd: 'CR', receivedFields: 99 }, 'bare-line-end'],
  ]
  for (const [name, facts, reason] of table)
    test(name, () => assert.equal(messageRefusal({ ...clean, ...facts }, 'mail.example.test')?.reason, reason))

  test('that is refused for its content is not told the rule', () => {
    const refusal = messageRefusal({ ...clean, refusedContent: { field: 'subject', contains: 'secret' } }, 'h.test')
    assert.doesNotMatch(JSON.stringify(refusal), /secret/)
  })
})

describe('a sender', () => {
  const dmarc = (result: 'pass' | 'fail' | 'temperror', policy: 'none' | 'quarantine' | 'reject' | undefined) => ({
    nullMx: undefined,
    dmarc: { result, policy, domain: 'far.test' },
    mayPassLater: false,
  })
  const later = { mayPassLater: true }
  const table: readonly [name: string, SenderFacts, policy: 'refuse' | 'junk', wanted: string][] = [
    ['of whom nothing is known', { nullMx: undefined, dmarc: undefined, mayPassLater: false }, 'refuse', 'inbox'],
    [
      'whose domain takes no mail',
      { nullMx: 'a@far.test', dmarc: undefined, mayPassLater: false },
      'refuse',
      'sender-null-mx',
    ],
    ['that passes', dmarc('pass', 'reject'), 'refuse', 'inbox'],
    ['that fails against no policy', dmarc('fail', 'none'), 'refuse', 'inbox'],
    ['that fails against an unknown policy', dmarc('fail', undefined), 'refuse', 'inbox'],
    ['that fails against quarantine', dmarc('fail', 'quarantine'), 'refuse', 'junk'],
    ['that fails against reject', dmarc('fail', 'reject'), 'refuse', 'dmarc-reject'],
    [
      'that fails while DNS keeps back what may save it',
      { ...dmarc('fail', 'reject'), ...later },
      'refuse',
      'dmarc-unsure',
    ],
    ['that fails so, where reject is junk', { ...dmarc('fail', 'reject'), ...later }, 'junk', 'junk'],
    ['that passes though DNS keeps something back', { ...dmarc('pass', 'reject'), ...later }, 'refuse', 'inbox'],
    ['that fails against reject, where that is junk', dmarc('fail', 'reject'), 'junk', 'junk'],
    ['that fails against quarantine, where reject is junk', dmarc('fail', 'quarantine'), 'junk', 'junk'],
    ['of whom DNS says nothing now', dmarc('temperror', 'reject'), 'refuse', 'inbox'],
  ]
  for (const [name, facts, dmarcReject, wanted] of table)
    test(name, () => {
      const verdict = senderVerdict(facts, { dmarcReject })
      assert.equal(verdict.kind === 'refused' ? verdict.reason : verdict.kind, wanted)
    })
})

describe('a peer', () => {
  const plain: PeerFacts = { names: [], reverse: 'none', listed: undefined }
  const listed = { zone: 'bl.test', link: undefined, text: undefined }
  const table: readonly [name: string, PeerFacts, requireReverseName: boolean, reason: string | undefined][] = [
    ['without a name is taken', plain, false, undefined],
    ['without a name is refused where one is wanted', plain, true, 'no-reverse-name'],
    ['whose name leads elsewhere, too', { ...plain, reverse: 'unconfirmed' }, true, 'no-reverse-name'],
    ['with a name is taken', { ...plain, reverse: 'confirmed' }, true, undefined],
    ['of whom DNS says nothing now is taken', { ...plain, reverse: 'unknown' }, true, undefined],
    ['that is listed is refused', { ...plain, reverse: 'confirmed', listed }, false, 'listed'],
  ]
  for (const [name, facts, requireReverseName, reason] of table)
    test(name, () => assert.equal(peerRefusal('192.0.2.1', facts, { requireReverseName })?.reason, reason))

  test('that is listed is told the list and its link', () => {
    const link = 'https://bl.test/?192.0.2.1'
    const refusal = peerRefusal('192.0.2.1', { ...plain, listed: { ...listed, link } }, { requireReverseName: false })
    assert.match(
      String(refusal?.reply.text),
      /192\.0\.2\.1 is on the list bl\.test.*https:\/\/bl\.test\/\?192\.0\.2\.1/,
    )
  })
})

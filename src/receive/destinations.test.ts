import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Forwarder } from '#accounts/account.ts'
import { noRecipientParameters, type RecipientParameters } from '#wire/smtp/parameters.ts'
import { destinationsOf, forwardersOf, keptHere, knownToOf } from './destinations.ts'
import type { TakenRecipient } from './recipient.ts'

const account = (accountId: number, address: string): Forwarder => ({
  address,
  domain: 'example.test',
  account: { accountId, address, disabled: false, createdAt: 0 },
})
const alice = account(1, 'alice@example.test')
const team: Forwarder = { address: 'team@example.test', domain: 'example.test', account: undefined }

interface Given {
  readonly here?: readonly number[]
  readonly elsewhere?: readonly (readonly [address: string, forwarder: Forwarder | undefined])[]
  readonly parameters?: Partial<RecipientParameters>
}

function taken(address: string, { here = [], elsewhere = [], parameters = {} }: Given): TakenRecipient {
  return {
    address,
    parameters: { ...noRecipientParameters, ...parameters },
    mailboxes: here.map(accountId => ({ accountId, detail: undefined })),
    elsewhere: elsewhere.map(([to, forwarder]) => ({ address: to, forwarder })),
  }
}

describe('where a message goes', () => {
  test('an address that is named itself asks for its own reports, whatever else leads there', () => {
    const { here, elsewhere } = destinationsOf([
      taken('team@example.test', { here: [1, 2], elsewhere: [['Zoe@far.test', team]] }),
      taken('zoe@far.test', { elsewhere: [['zoe@far.test', undefined]], parameters: { notify: ['NEVER'] } }),
      taken('alice@example.test', { here: [1] }),
    ])
    assert.deepEqual(
      here.map(one => [one.accountId, one.address]),
      [
        [1, 'alice@example.test'],
        [2, 'team@example.test'],
      ],
    )
    assert.deepEqual(elsewhere, [
      { address: 'zoe@far.test', parameters: { ...noRecipientParameters, notify: ['NEVER'] }, forwarder: undefined },
    ])
  })

  test('two names of one mailbox that the envelope gives stay two: each asked for something', () => {
    const { here } = destinationsOf([
      taken('alice@example.test', { here: [1] }),
      taken('info@example.test', { here: [1] }),
    ])
    assert.deepEqual(
      here.map(({ address }) => address),
      ['alice@example.test', 'info@example.test'],
    )
  })

  test('a report of what goes on names the address that was written to', () => {
    const { elsewhere } = destinationsOf([
      taken('alice@example.test', { here: [1], elsewhere: [['a@far.test', alice]] }),
      taken('jörg@example.test', { elsewhere: [['j@far.test', team]] }),
    ])
    assert.deepEqual(
      elsewhere.map(({ parameters }) => parameters.originalRecipient),
      [
        { type: 'rfc822', address: 'alice@example.test' },
        { type: 'utf-8', address: 'jörg@example.test' },
      ],
    )
    assert.deepEqual(forwardersOf(elsewhere), [alice, team])
  })

  test('junk stays with the account that would have sent it on, once, and with nobody else', () => {
    const all = destinationsOf([
      taken('alice@example.test', {
        elsewhere: [
          ['a@far.test', alice],
          ['b@far.test', alice],
        ],
      }),
      taken('team@example.test', { elsewhere: [['t@far.test', team]] }),
    ])
    const { here, elsewhere } = keptHere(all)
    assert.deepEqual(
      here.map(({ accountId, address }) => [accountId, address]),
      [[1, 'alice@example.test']],
    )
    assert.deepEqual(elsewhere, [])
    const both = destinationsOf([taken('alice@example.test', { here: [1], elsewhere: [['a@far.test', alice]] })])
    assert.equal(keptHere(both).here.length, 1)
  })

  test('the greylist asks for the mailbox, or for who sends it on', () => {
    assert.deepEqual(
      knownToOf([
        taken('a@example.test', { here: [1, 2], elsewhere: [['x@far.test', team]] }),
        taken('b@example.test', {
          elsewhere: [
            ['x@far.test', alice],
            ['y@far.test', alice],
          ],
        }),
        taken('c@example.test', { elsewhere: [['x@far.test', team]] }),
      ]),
      [
        { accountId: 1, address: 'a@example.test' },
        { accountId: 2, address: 'a@example.test' },
        { accountId: 1, address: 'b@example.test' },
        { accountId: 0, address: 'c@example.test' },
      ],
    )
  })
})

// Where mail goes on to, on both engines.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Resolution } from './account.ts'
import { limits } from './limits.ts'
import { TemporaryDirectory } from './temporary-directory.ts'

for (const engine of ['SQLite', 'PGlite'] as const)
  describe(`aliases with targets, and forwards, on ${engine}`, () => {
    let place: TemporaryDirectory
    const goes = async (address: string) => {
      const at = address.lastIndexOf('@')
      return said(await place.directory.resolve(address.slice(0, at), address.slice(at + 1)))
    }
    const add = async (alias: string, ...targets: string[]) => (await place.directory.addAlias(alias, ...targets)).kind
    const forward = async (address: string, targets: readonly string[], keepsCopy = true) =>
      (await place.directory.setForward(address, { targets, keepsCopy })).kind

    before(async () => {
      place = await TemporaryDirectory.open(engine)
      await place.directory.addDomain('example.test')
      await place.directory.addDomain('other.test')
      for (const name of ['alice', 'bob', 'carol', 'dave', 'erin']) await place.account(`${name}@example.test`)
    })
    after(async () => {
      assert.deepEqual(await place.directory.check(), [])
      await place[Symbol.asyncDispose]()
    })

    test('an alias leads to several, each once, here and elsewhere', async () => {
      assert.equal(await add('team@example.test', 'alice@example.test', 'bob@example.test', 'Zoe@far.test'), 'done')
      assert.equal(
        await add('all@other.test', 'team@example.test', 'ALICE@example.test', 'zoe@far.test', 'x@far.test'),
        'done',
      )
      assert.equal(await goes('team@example.test'), 'alice bob > Zoe@far.test (team@example.test)')
      assert.equal(
        await goes('all@other.test'),
        'alice bob > x@far.test (all@other.test), zoe@far.test (all@other.test)',
      )
      assert.equal(await goes('team+x@example.test'), 'alice+x bob+x > Zoe@far.test (team@example.test)')
      const { items } = await place.directory.listAliases({ domain: 'example.test' })
      assert.deepEqual(items, [
        { alias: 'team@example.test', targets: ['alice@example.test', 'bob@example.test', 'Zoe@far.test'] },
      ])
    })

    test('what cannot be a target', async () => {
      for (const [targets, kind] of [
        [[], 'bad-target'],
        [['X@example.test'], 'bad-target'],
        [['nobody@example.test'], 'no-such-account'],
        [['no address'], 'bad-address'],
        [Array.from({ length: limits.aliasTargets + 1 }, (_, at) => `u${at}@far.test`), 'too-many-targets'],
      ] as const)
        assert.equal(await add('x@example.test', ...targets), kind)
      assert.equal(await goes('x@example.test'), 'no-such-mailbox')
      assert.equal(await forward('alice@example.test', ['ALICE@example.test']), 'bad-target')
      assert.equal(await forward('alice@example.test', ['nobody@example.test']), 'no-such-account')
      assert.equal(await forward('nobody@example.test', []), 'no-such-account')
      const many = Array.from({ length: limits.forwardsOfAccount + 1 }, (_, at) => `u${at}@far.test`)
      assert.equal(await forward('alice@example.test', many), 'too-many-targets')
      assert.equal(await goes('alice@example.test'), 'alice')
    })

    test('an account forwards, and keeps a copy or none', async () => {
      assert.equal(await forward('dave@example.test', ['dave@far.test']), 'done')
      assert.equal(await goes('dave+x@example.test'), 'dave+x > dave@far.test (dave@example.test)')
      assert.equal(await forward('dave@example.test', ['dave@far.test', 'bob@example.test'], false), 'done')
      assert.equal(await goes('dave@example.test'), 'bob > dave@far.test (dave@example.test)')
      assert.deepEqual(await place.directory.forwardOf('DAVE@example.test'), {
        kind: 'done',
        value: { address: 'dave@example.test', targets: ['bob@example.test', 'dave@far.test'], keepsCopy: false },
      })
      assert.equal(await forward('dave@example.test', ['dave@far.test', 'Dave@example.test'], false), 'done')
      assert.equal(await goes('dave@example.test'), 'dave > dave@far.test (dave@example.test)')
      assert.equal(await forward('dave@example.test', []), 'done')
      assert.equal(await goes('dave@example.test'), 'dave')
    })

    test('circles end, and nothing is lost in them', async () => {
      await forward('dave@example.test', ['erin@example.test'], false)
      await forward('erin@example.test', ['dave@example.test'], false)
      assert.equal(await goes('dave@example.test'), 'dave')
      assert.equal(await goes('erin@example.test'), 'erin')
      await forward('erin@example.test', ['team@example.test', 'dave@example.test'], false)
      assert.equal(await goes('dave@example.test'), 'alice bob dave > Zoe@far.test (team@example.test)')
      await forward('dave@example.test', [])
      await forward('erin@example.test', [])
      assert.equal(await add('one@example.test', 'alice@example.test'), 'done')
      assert.equal(await add('two@example.test', 'one@example.test', 'x@far.test'), 'done')
      assert.equal((await place.directory.removeAlias('one@example.test')).kind, 'done')
      assert.equal(await add('one@example.test', 'two@example.test', 'y@far.test'), 'done')
      assert.equal(await goes('one@example.test'), '> x@far.test (two@example.test), y@far.test (one@example.test)')
      await place.directory.removeAlias('two@example.test')
      await place.directory.removeAlias('one@example.test')
    })

    test('a target that is gone or disabled is passed over; the last one leaves the mail with its account', async () => {
      await place.account('gone@example.test')
      await forward('erin@example.test', ['gone@example.test'], false)
      assert.equal(await add('both@example.test', 'gone@example.test', 'alice@example.test'), 'done')
      assert.equal(await add('only@example.test', 'gone@example.test', 'gone+x@example.test'), 'done')
      assert.equal(await goes('erin@example.test'), 'gone')
      await place.directory.setDisabled('gone@example.test', true)
      assert.equal(await goes('erin@example.test'), 'erin')
      assert.equal(await goes('both@example.test'), 'alice')
      assert.equal(await goes('only@example.test'), '')
      await place.directory.removeAccount('gone@example.test')
      assert.equal(await goes('erin@example.test'), 'erin')
      assert.equal(await goes('both@example.test'), 'alice')
      await forward('erin@example.test', [])
    })

    test('more ways than are followed are cut', async () => {
      for (let list = 0; list < 3; list += 1) {
        const targets = Array.from({ length: limits.aliasTargets }, (_, at) => `u${list}.${at}@far.test`)
        assert.equal(await add(`big${list}@other.test`, ...targets), 'done')
      }
      assert.equal(await add('huge@other.test', 'big0@other.test', 'big1@other.test', 'big2@other.test'), 'done')
      const found = await place.directory.resolve('huge', 'other.test')
      assert.ok(found.kind === 'forward')
      assert.equal(found.isCut, true)
      assert.ok(found.elsewhere.length < limits.forwardSteps)
    })

    test('who may send as an alias: those whom it names, and nobody to whom an account forwards', async () => {
      const may = async (name: string, address: string) => {
        const account = (await place.directory.named(`${name}@example.test`)) ?? assert.fail()
        return await place.directory.maySendAs(account, address, 'example.test')
      }
      await forward('bob@example.test', ['carol@example.test'], false)
      assert.equal(await may('alice', 'team'), true)
      assert.equal(await may('bob', 'team'), true)
      assert.equal(await may('carol', 'team'), false)
      assert.equal(await may('carol', 'bob'), false)
      assert.equal(await may('bob', 'bob'), true)
      assert.equal(await may('bob', 'bob+x'), true)
      await forward('bob@example.test', [])
    })

    test('an account that is removed leaves nothing behind, an alias that led there alone goes too', async () => {
      await place.account('frank@example.test')
      await add('friends@example.test', 'frank@example.test', 'alice@example.test')
      await add('frankly@example.test', 'frank@example.test', 'frank+x@example.test')
      await forward('frank@example.test', ['frank@far.test'])
      await place.directory.removeAccount('frank@example.test')
      assert.equal(await goes('friends@example.test'), 'alice')
      assert.deepEqual(await place.directory.check(), [])
      await place.directory.removeDomain('other.test')
      assert.deepEqual(await place.directory.check(), [])
    })
  })

function said(resolution: Resolution): string {
  if (resolution.kind === 'account') return nameOf(resolution)
  if (resolution.kind !== 'forward') return resolution.kind
  const here = resolution.mailboxes.map(nameOf).toSorted().join(' ')
  const elsewhere = resolution.elsewhere
    .map(({ address, forwarder }) => `${address} (${forwarder.address})`)
    .toSorted()
    .join(', ')
  const all = elsewhere === '' ? here : `${here} > ${elsewhere}`.trimStart()
  return resolution.isCut ? `${all} (cut)` : all
}

function nameOf({ account, detail }: { account: { address: string }; detail: string | undefined }): string {
  const [name] = account.address.split('@')
  return detail === undefined ? `${name}` : `${name}+${detail}`
}

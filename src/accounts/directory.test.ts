// The directory's contract, on both engines.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import type { Resolution } from './account.ts'
import { Directory } from './directory.ts'
import { limits } from './limits.ts'

const passwordCost = { memoryKib: 16, passes: 1, parallelism: 1 }

interface Engine {
  open(): Promise<Database>
  close(): Promise<void>
}

function sqlite(): Engine {
  let folder = ''
  return {
    async open() {
      folder = await mkdtemp(join(tmpdir(), 'posthouse-accounts-'))
      return await openSqlite({ path: join(folder, 'a.db') })
    },
    close: async () => await rm(folder, { recursive: true }),
  }
}

const pglite = (): Engine => ({ open: openPglite, close: async () => undefined })

for (const [name, engine] of [
  ['SQLite', sqlite()],
  ['PGlite', pglite()],
] as const) {
  describe(`the directory on ${name}`, () => {
    let database: Database
    let directory: Directory

    before(async () => {
      database = await engine.open()
      directory = await openDirectory(database)
    })
    after(async () => {
      await database[Symbol.asyncDispose]()
      await engine.close()
    })

    test('opens a database that it has opened before', async () => {
      await openDirectory(database)
    })

    test('domains: added once, in any case, counted, listed in order', async () => {
      assert.equal((await directory.addDomain('Example.Test')).kind, 'done')
      assert.deepEqual(await directory.addDomain('example.test'), { kind: 'already-exists', subject: 'example.test' })
      assert.equal((await directory.addDomain('bücher.test')).kind, 'done')
      assert.deepEqual(await directory.addDomain('no domain'), { kind: 'bad-domain', subject: 'no domain' })
      const { items, next } = await directory.listDomains()
      assert.deepEqual(
        items.map(one => [one.name, one.accounts]),
        [
          ['Example.Test', 0],
          ['bücher.test', 0],
        ],
      )
      assert.equal(next, undefined)
    })

    test('accounts: a name is free or taken whatever its case and composition', async () => {
      assert.equal((await add(directory, 'Alice@example.test')).kind, 'done')
      assert.equal((await add(directory, 'jose\u0301@example.test')).kind, 'done')
      const table: [string, string][] = [
        ['alice@EXAMPLE.test', 'already-exists'],
        ['jos\u00e9@example.test', 'already-exists'],
        ['alice@elsewhere.test', 'no-such-domain'],
        ['alice', 'bad-address'],
        ['@example.test', 'bad-address'],
        ['bob@b\u00fccher.test', 'done'],
        ['carol@xn--bcher-kva.test', 'done'],
      ]
      for (const [address, kind] of table) assert.equal((await add(directory, address)).kind, kind, address)
      const listed = await directory.listAccounts()
      assert.deepEqual(
        listed.items.map(({ address }) => address),
        ['Alice@example.test', 'jos\u00e9@example.test', 'bob@xn--bcher-kva.test', 'carol@xn--bcher-kva.test'],
      )
      const one = await directory.listAccounts({ domain: 'BÜCHER.test' })
      assert.equal(one.items.length, 2)
    })

    test('accounts are found by their address, and their addresses by them', async () => {
      const alice = await directory.named('ALICE@example.test')
      assert.equal(alice?.address, 'Alice@example.test')
      assert.equal(await directory.named('nobody@example.test'), undefined)
      assert.equal(await directory.named('no address'), undefined)
      assert.deepEqual([...(await directory.byId([alice.accountId, 777_777]))], [[alice.accountId, alice]])
      assert.equal((await directory.byId([])).size, 0)
    })

    test('aliases: never over an account, only to who is there, and listed by domain', async () => {
      const table: [string, string, string][] = [
        ['Sales@example.test', 'ALICE@example.test', 'done'],
        ['sales@example.test', 'alice@example.test', 'already-exists'],
        ['alice@example.test', 'bob@bücher.test', 'already-exists'],
        ['x@example.test', 'nobody@example.test', 'no-such-account'],
        ['x@example.test', 'no address', 'bad-address'],
        ['x@elsewhere.test', 'alice@example.test', 'no-such-domain'],
        ['@bücher.test', 'carol@bücher.test', 'done'],
        ['info@bücher.test', 'carol@bücher.test', 'done'],
        ['@', 'alice@example.test', 'bad-address'],
      ]
      for (const [alias, account, kind] of table)
        assert.equal((await directory.addAlias(alias, account)).kind, kind, alias)
      assert.deepEqual((await directory.listAliases()).items, [
        { alias: 'Sales@example.test', targets: ['Alice@example.test'] },
        { alias: '@bücher.test', targets: ['carol@xn--bcher-kva.test'] },
        { alias: 'info@xn--bcher-kva.test', targets: ['carol@xn--bcher-kva.test'] },
      ])
      assert.equal((await directory.listAliases({ domain: 'bücher.test' })).items.length, 2)
      const after = await directory.listAliases({ domain: 'bücher.test', after: '@xn--bcher-kva.test' })
      assert.deepEqual(
        after.items.map(({ alias }) => alias),
        ['info@xn--bcher-kva.test'],
      )
      const carol = await directory.account('carol@bücher.test')
      assert.deepEqual(carol.kind === 'done' && (await directory.aliasesOf(carol.value.accountId)), [
        '@bücher.test',
        'info@xn--bcher-kva.test',
      ])
    })

    test('mail finds its account by name, base, alias, catch-all', async () => {
      const table: [string, string | undefined, string][] = [
        ['alice', 'example.test', 'Alice@example.test'],
        ['ALICE', 'example.test', 'Alice@example.test'],
        ['alice+lists', 'example.test', 'Alice@example.test +lists'],
        ['alice+', 'example.test', 'Alice@example.test +'],
        ['alice+a+b', 'example.test', 'Alice@example.test +a+b'],
        ['sales+x', 'example.test', 'Alice@example.test +x'],
        ['+x', 'example.test', 'no-such-mailbox'],
        ['nobody', 'example.test', 'no-such-mailbox'],
        ['a\u0000b', 'example.test', 'no-such-mailbox'],
        ['alice', 'elsewhere.test', 'not-local'],
        ['alice', '[127.0.0.1]', 'not-local'],
        ['alice', undefined, 'not-local'],
        ['anybody', 'bücher.test', 'carol@xn--bcher-kva.test'],
        ['any+thing', 'xn--bcher-kva.test', 'carol@xn--bcher-kva.test'],
        ['bob+x', 'BÜCHER.test', 'bob@xn--bcher-kva.test +x'],
      ]
      // Twice: what is remembered is the same.
      for (const [local, domain, wanted] of [...table, ...table])
        assert.equal(said(await directory.resolve(local, domain)), wanted, `${local}@${domain}`)
    })

    test('postmaster always has an owner', async () => {
      const wanted: [string | undefined, string][] = [
        [undefined, 'Alice@example.test'],
        ['example.test', 'Alice@example.test'],
        ['bücher.test', 'carol@xn--bcher-kva.test'],
        ['elsewhere.test', 'not-local'],
      ]
      for (const [domain, account] of wanted) assert.equal(said(await directory.resolve('PostMaster', domain)), account)
      await directory.addAlias('postmaster@example.test', 'bob@bücher.test')
      assert.equal(said(await directory.resolve('postmaster', 'example.test')), 'bob@xn--bcher-kva.test')
      assert.equal(said(await directory.resolve('postmaster', undefined)), 'bob@xn--bcher-kva.test')
      await directory.setDisabled('bob@bücher.test', true)
      assert.equal(said(await directory.resolve('postmaster', 'example.test')), 'Alice@example.test')
      await directory.setDisabled('bob@bücher.test', false)
    })

    test('what was remembered is forgotten with every change', async () => {
      const where = async () => said(await directory.resolve('sales', 'example.test'))
      assert.equal(await where(), 'Alice@example.test')
      await directory.setDisabled('alice@example.test', true)
      assert.equal(await where(), 'disabled')
      await directory.setDisabled('alice@example.test', false)
      assert.equal(await where(), 'Alice@example.test')
      await directory.removeAlias('SALES@example.test')
      assert.equal(await where(), 'no-such-mailbox')
    })

    test('whoever watches an account hears that it was disabled or removed, also when it was so before', async () => {
      const accounts = [await add(directory, 'dave@example.test'), await add(directory, 'erin@example.test')]
      const heard: string[] = []
      const watch = async (index: number, name: string) => {
        const account = accounts[index]
        assert.ok(account?.kind === 'done')
        return await directory.watch(account.value.accountId, () => heard.push(name))
      }
      using _first = await watch(0, 'first')
      using _second = await watch(0, 'second')
      const closed = await watch(0, 'closed')
      closed[Symbol.dispose]()
      using _other = await watch(1, 'other')
      await directory.setPassword('dave@example.test', 'another secret')
      assert.deepEqual(heard, [])
      await directory.setDisabled('dave@example.test', true)
      assert.deepEqual(heard, ['first', 'second'])
      using _late = await watch(0, 'late')
      assert.deepEqual(heard, ['first', 'second', 'late'])
      await directory.setDisabled('dave@example.test', false)
      await directory.removeAccount('erin@example.test')
      using _gone = await watch(1, 'gone')
      assert.deepEqual(heard, ['first', 'second', 'late', 'other', 'gone'])
      await directory.removeAccount('dave@example.test')
    })

    test('removing: a domain only without accounts, an account with its aliases, an id never again', async () => {
      assert.equal((await directory.removeDomain('bücher.test')).kind, 'in-use')
      const carol = await directory.removeAccount('CAROL@bücher.test')
      assert.equal(carol.kind, 'done')
      assert.equal((await directory.removeAccount('carol@bücher.test')).kind, 'no-such-account')
      assert.equal((await directory.listAliases({ domain: 'bücher.test' })).items.length, 0)
      await directory.removeAccount('bob@bücher.test')
      assert.equal((await directory.removeDomain('bücher.test')).kind, 'done')
      assert.equal((await directory.removeDomain('bücher.test')).kind, 'no-such-domain')
      assert.equal(said(await directory.resolve('anybody', 'bücher.test')), 'not-local')
      const next = await directory.reserveAccountId()
      assert.ok(carol.kind === 'done' && next > carol.value.accountId)
    })

    // 500 inserts take PGlite more than a second, and the statements have all run there by now.
    test('an account sends as its own addresses, as what was granted, as nobody else, and nothing is left when it goes', async () => {
      await directory.addDomain('send.test')
      const added = await add(directory, 'Writer@send.test')
      assert.ok(added.kind === 'done')
      const writer = added.value
      await add(directory, 'other@send.test')
      await directory.addAlias('sales@send.test', 'writer@send.test')
      const may = async (localPart: string, domain?: string) => await directory.maySendAs(writer, localPart, domain)
      const table: [string, string | undefined, boolean][] = [
        ['writer', 'send.test', true],
        ['WRITER', 'SEND.test', true],
        ['writer+list', 'send.test', true],
        ['sales', 'send.test', true],
        ['other', 'send.test', false],
        ['nobody', 'send.test', false],
        ['writer', 'elsewhere.test', false],
        ['', 'send.test', false],
        ['writer', undefined, false],
      ]
      for (const [local, domain, wanted] of table) assert.equal(await may(local, domain), wanted, `${local}@${domain}`)

      const granted = await directory.grantSendAs('WRITER@send.test', 'Other@Send.test')
      assert.deepEqual(granted, { kind: 'done', value: { account: 'Writer@send.test', address: 'Other@send.test' } })
      await directory.grantSendAs('writer@send.test', '@bücher.example')
      assert.equal(await may('OTHER', 'send.test'), true)
      assert.equal(await may('other+x', 'send.test'), false)
      assert.equal(await may('anybody', 'xn--bcher-kva.example'), true)
      assert.equal(await may('anybody', 'sub.xn--bcher-kva.example'), false)
      const other = await directory.account('other@send.test')
      assert.ok(other.kind === 'done')
      assert.equal(await directory.maySendAs(other.value, 'anybody', 'xn--bcher-kva.example'), false)
      assert.deepEqual(await directory.sendAsOf(writer.accountId), ['Other@send.test', '@bücher.example'])

      const kinds: [Promise<{ readonly kind: string }>, string][] = [
        [directory.grantSendAs('writer@send.test', 'other@send.test'), 'already-exists'],
        [directory.grantSendAs('writer@send.test', 'no address'), 'bad-address'],
        [directory.grantSendAs('nobody@send.test', 'a@b.test'), 'no-such-account'],
        [directory.revokeSendAs('writer@send.test', 'a@b.test'), 'no-such-grant'],
        [directory.revokeSendAs('nobody@send.test', 'other@send.test'), 'no-such-account'],
        [directory.revokeSendAs('writer@send.test', 'OTHER@send.test'), 'done'],
        [directory.revokeSendAs('writer@send.test', 'other@send.test'), 'no-such-grant'],
      ]
      for (const [outcome, wanted] of kinds) assert.equal((await outcome).kind, wanted)
      assert.equal(await may('other', 'send.test'), false)

      const { scram } = directory
      assert.equal((await scram.credentials('writer@send.test', 'SCRAM-SHA-256')).account?.accountId, writer.accountId)
      await directory.removeAccount('writer@send.test')
      assert.deepEqual(await directory.sendAsOf(writer.accountId), [])
      assert.equal((await scram.credentials('writer@send.test', 'SCRAM-SHA-256')).account, undefined)
      await directory.removeAccount('other@send.test')
      await directory.removeDomain('send.test')
    })

    test('an account has no more grants than the limit', async () => {
      await directory.addDomain('limit.test')
      const added = await add(directory, 'a@limit.test')
      assert.ok(added.kind === 'done')
      const { accountId } = added.value
      await database.write(async tx => {
        for (let index = 0; index < limits.sendAsOfAccount; index += 1)
          await tx.run(sql`INSERT INTO send_as (account_id, domain, local_part, shown)
            VALUES (${accountId}, ${`d${index}.test`}, '', ${`@d${index}.test`})`)
      })
      assert.equal((await directory.grantSendAs('a@limit.test', 'b@b.test')).kind, 'too-many')
      await directory.removeAccount('a@limit.test')
      await directory.removeDomain('limit.test')
    })

    test('the check names what does not fit together', async () => {
      assert.deepEqual(await directory.check(), [])
      const insert = async (...rows: readonly [string, string, number][]) =>
        await database.write(async tx => {
          for (const [domain, local, id] of rows)
            await tx.run(sql`INSERT INTO address (domain, local_part, shown, account_id, is_alias)
              VALUES (${domain}, ${local}, ${`${local}@${domain}`}, ${id}, 0)`)
        })
      await insert(['example.test', 'ghost', 900], ['gone.test', 'alice', 1])
      await database.write(tx =>
        tx.run(sql`INSERT INTO account (account_id, address, password_hash, disabled, created_at)
          VALUES (901, 'x@example.test', '', 0, 0)`),
      )
      await database.write(async tx => {
        await tx.run(sql`INSERT INTO scram_keys (account_id, mechanism, keys) VALUES (902, 'SCRAM-SHA-256', '')`)
        await tx.run(sql`INSERT INTO send_as (account_id, domain, local_part, shown) VALUES (903, 'a', '', '@a')`)
      })
      const findings = (await directory.check()).map(({ what, detail }) => `${what} ${detail}`)
      assert.deepEqual(findings, [
        'address-without-account ghost@example.test',
        'address-without-domain alice@gone.test',
        'account-without-address x@example.test',
        'account-id-not-reserved x@example.test',
        'scram-keys-without-account SCRAM-SHA-256',
        'grant-without-account @a',
      ])
      await database.write(async tx => {
        await tx.run(sql`DELETE FROM address WHERE local_part = 'ghost' OR domain = 'gone.test'`)
        await tx.run(sql`DELETE FROM account WHERE account_id = 901`)
        await tx.run(sql`DELETE FROM scram_keys WHERE account_id = 902`)
        await tx.run(sql`DELETE FROM send_as WHERE account_id = 903`)
      })
    })

    if (name === 'PGlite') return
    test('long lists come in pages that lose and repeat nothing', async () => {
      await directory.addDomain('many.test')
      const count = limits.pageItems + 1
      const passwordHash = await directory.hasher.hash('x')
      const { add } = await import('./account-verbs.ts')
      await database.write(async tx => {
        for (let index = 0; index < count; index += 1)
          await add(tx, { accountId: 10_000 + index, address: `u${index}@many.test`, passwordHash, now: 0 })
      })
      for (const range of [{}, { domain: 'many.test' }]) {
        const seen: string[] = []
        let next: string | undefined
        do {
          const page = await directory.listAccounts(next === undefined ? range : { ...range, after: next })
          seen.push(...page.items.map(({ address }) => address))
          next = page.next
        } while (next !== undefined)
        assert.equal(new Set(seen).size, seen.length)
        assert.equal(seen.filter(address => address.endsWith('@many.test')).length, count)
      }
    })
  })
}

async function openDirectory(database: Database): Promise<Directory> {
  return await Directory.open({ database, clock: manualClock(), random: seededRandom(1), passwordCost })
}

async function add(directory: Directory, address: string) {
  const accountId = await directory.reserveAccountId()
  return await directory.addAccount({ accountId, address, password: 'secret' })
}

/** The account's address and the detail, or the other outcome's name. */
function said(resolution: Resolution): string {
  if (resolution.kind !== 'account') return resolution.kind
  const { account, detail } = resolution
  return detail === undefined ? account.address : `${account.address} +${detail}`
}

// Return paths of an installation, on both engines.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { sql } from '#io/sql/database.ts'
import { dayMs, toBase32 } from '#mail/return-path.ts'
import { ReturnPaths } from './return-paths.ts'
import { TemporaryDirectory } from './temporary-directory.ts'

const long = { localPart: 'bounces+1234567-abcd-alice=here.test', domain: 'em1234.shop.example' }

for (const engine of ['SQLite', 'PGlite'] as const)
  describe(`return paths on ${engine}`, () => {
    test('the key is the installation’s: another one reads nothing', async () => {
      await using place = await TemporaryDirectory.open(engine)
      await using other = await TemporaryDirectory.open(engine)
      const open = ({ database, clock }: TemporaryDirectory, seed: number) =>
        ReturnPaths.open({ database, clock, random: seededRandom(seed) })
      const paths = await open(place, 1)
      const sent = localPartOf(paths.verp({ localPart: 'alice', domain: 'example.test' }, 'ab12'))
      const forwarded = localPartOf(await paths.srs({ localPart: 'zoe', domain: 'far.test' }, 'example.test'))
      const again = await open(place, 2)
      assert.deepEqual(again.readVerp({ localPart: sent, domain: 'example.test' }), {
        kind: 'ours',
        localPart: 'alice',
        messageId: 'ab12',
      })
      assert.deepEqual(await again.readSrs(forwarded), { localPart: 'zoe', domain: 'far.test' })
      const foreign = await open(other, 3)
      assert.equal(foreign.readVerp({ localPart: sent, domain: 'example.test' })?.kind, 'unsigned')
      assert.equal(await foreign.readSrs(forwarded), undefined)
    })

    test('what is signed is signed by HMAC-SHA-256', async () => {
      await using place = await TemporaryDirectory.open(engine)
      const { database, clock } = place
      const paths = await ReturnPaths.open({ database, clock, random: seededRandom(1) })
      const [key = ''] = (await database.read(tx => tx.get<[string]>(sql`SELECT key FROM return_path_key`))) ?? []
      for (const name of ['alice', 'älice', 'a'.repeat(160), 'ö'.repeat(200), 'bob']) {
        const address = `${name}@example.test`
        const digest = createHmac('sha256', Buffer.from(key, 'base64')).update(`mark ${address}`).digest()
        const marked = paths.mark({ address, domain: 'example.test' })
        assert.equal(marked, `via-${toBase32(digest.subarray(0, 10))}@example.test`)
      }
    })

    test('a sender too long to stand in an address is kept for as long as it is needed', async () => {
      await using place = await TemporaryDirectory.open(engine)
      const { database, clock } = place
      const paths = await ReturnPaths.open({ database, clock, random: seededRandom(1) })
      const address = await paths.srs(long, 'example.test')
      assert.match(address, /^SRS0=[a-z2-7]{8}=[a-z2-7]{2}=kept\.invalid=[a-z2-7]{24}@example\.test$/)
      assert.ok(localPartOf(address).length <= 64)
      clock.advance(20 * dayMs)
      assert.equal(await paths.srs(long, 'example.test'), await paths.srs(long, 'example.test'))
      assert.deepEqual(await paths.readSrs(localPartOf(address).toLowerCase()), long)
      clock.advance(41 * dayMs)
      await paths.srs({ ...long, localPart: `${long.localPart}x` }, 'example.test')
      const kept = await database.read(tx => tx.all<[string]>(sql`SELECT address FROM long_sender`))
      assert.deepEqual(kept, [[`${long.localPart}x@${long.domain}`]])
      assert.equal(await paths.readSrs(localPartOf(address)), undefined)
    })

    test('strangers cannot have more of them kept than there is room for', async () => {
      await using place = await TemporaryDirectory.open(engine)
      const { database, clock } = place
      const needs = { database, clock, random: seededRandom(1), mostKept: 10 }
      const sender = (count: number) => ({ ...long, localPart: `${long.localPart}${count}` })
      let paths = await ReturnPaths.open(needs)
      for (let count = 0; count < 30; count += 1) {
        if (count === 20) paths = await ReturnPaths.open(needs)
        clock.advance(1)
        await paths.srs(sender(count), 'example.test')
        await paths.srs(sender(count), 'example.test')
      }
      const kept = await database.read(tx => tx.get<[number]>(sql`SELECT COUNT(*) FROM long_sender`))
      assert.equal(kept?.[0], 10)
      const last = localPartOf(await paths.srs(sender(29), 'example.test'))
      assert.deepEqual(await paths.readSrs(last), sender(29))
    })

    test('who has seen the name of one cannot make it hold for longer', async () => {
      await using place = await TemporaryDirectory.open(engine)
      const { database, clock } = place
      const paths = await ReturnPaths.open({ database, clock, random: seededRandom(1) })
      const [, name = ''] = /=kept\.invalid=([a-z2-7]+)@/.exec(await paths.srs(long, 'example.test')) ?? []
      const under = { localPart: name, domain: 'kept.invalid' }
      const again = localPartOf(await paths.srs(under, 'example.test'))
      assert.deepEqual(await paths.readSrs(again), under)
    })

    test('an address with no room for a token stands as it is', async () => {
      await using place = await TemporaryDirectory.open(engine)
      const { database, clock } = place
      const paths = await ReturnPaths.open({ database, clock, random: seededRandom(1) })
      const localPart = 'x'.repeat(60)
      assert.equal(paths.verp({ localPart, domain: 'example.test' }, 'ab12'), `${localPart}@example.test`)
      assert.match(
        paths.verp({ localPart: 'a b', domain: 'example.test' }, 'ab12'),
        /^"a b\+b=[a-z2-7]+"@example\.test$/,
      )
    })
  })

function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}

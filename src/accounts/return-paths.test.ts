// Return paths of an installation, on both engines.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { sql } from '#io/sql/database.ts'
import { dayMs } from '#mail/return-path.ts'
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

import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { systemRandom } from '#io/random.ts'
import { ownCertificate } from './authority.ts'
import { loadContexts } from './contexts.ts'
import { Renewal } from './renewal.ts'

const dayMs = 24 * 3_600_000

test('a certificate that changes on the disk is shown at the next look; a broken one is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-renewal-'))
  const clock = manualClock(Date.now())
  const log = memoryLog()
  const certificateFor = (name: string) =>
    ownCertificate({ folder: join(folder, name), hostname: 'us.test', names: [name], clock, random: systemRandom })
  const first = await certificateFor('first.test')
  const second = await certificateFor('second.test')
  const contexts = await loadContexts([first])
  const shows = (name: string) => contexts.certificates[0]?.names.includes(name)
  using renewal = new Renewal({ files: [first], contexts, clock, log })

  await renewal.look()
  assert.ok(shows('first.test'))
  await cp(second.keyPath, first.keyPath)
  await cp(second.certPath, first.certPath)
  await renewal.look()
  assert.ok(shows('second.test'))
  await writeFile(first.certPath, 'no certificate')
  await renewal.look()
  assert.ok(shows('second.test'))
  assert.deepEqual(
    log.events.map(({ event }) => event),
    ['tls.reloaded', 'tls.reload-failed'],
  )
  await rm(folder, { recursive: true })
})

test('an own certificate is made anew and shown before it ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-renewal-'))
  const clock = manualClock(Date.now())
  const renew = () => ownCertificate({ folder, hostname: 'us.test', names: ['us.test'], clock, random: systemRandom })
  const files = [await renew()]
  const contexts = await loadContexts(files)
  using renewal = new Renewal({ files, contexts, clock, log: memoryLog(), renew })
  await renewal.look()
  const before = contexts.certificates[0]?.endsAt ?? 0
  clock.advance(380 * dayMs)
  await renewal.look()
  assert.ok((contexts.certificates[0]?.endsAt ?? 0) > before + 300 * dayMs)
  await rm(folder, { recursive: true })
})

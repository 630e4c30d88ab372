import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#io/clock.ts'
import { systemRandom } from '#io/random.ts'
import { ownCertificate } from './authority.ts'
import { loadContexts } from './contexts.ts'

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-contexts-'))
  try {
    await run(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function certificateFor(folder: string, ...names: readonly string[]) {
  return ownCertificate({ folder, names, hostname: 'h', clock: systemClock, random: systemRandom })
}

test('the name asked for chooses the certificate', () =>
  inFolder(async folder => {
    const files = await Promise.all([
      certificateFor(join(folder, '1'), 'one.test'),
      certificateFor(join(folder, '2'), 'two.test', '*.three.test'),
    ])
    const contexts = await loadContexts(files)
    const mx = contexts.serverTls({ tickets: false })
    const [first, second] = [mx.context('one.test'), mx.context('two.test')]
    const table: [string | undefined, unknown][] = [
      [undefined, first],
      ['', first],
      ['nobody.test', first],
      ['TWO.test', second],
      ['a.three.test', second],
      ['three.test', first],
      ['a.b.three.test', first],
    ]
    assert.notEqual(first, second)
    for (const [name, wanted] of table) assert.equal(mx.context(name), wanted, String(name))
    assert.notEqual(contexts.serverTls({ tickets: true }).context('one.test'), first)
  }))

test('a reload shows new files, and keeps the old when the new can’t be used', () =>
  inFolder(async folder => {
    const files = await certificateFor(folder, 'one.test')
    const contexts = await loadContexts([files])
    const serverTls = contexts.serverTls({ tickets: true })
    const before = serverTls.context(undefined)

    const key = await readFile(files.keyPath)
    await writeFile(files.keyPath, await readFile(join(folder, 'ca-key.pem')))
    const kept = await contexts.reload()
    assert.equal(kept.kind, 'kept')
    assert.match(kept.kind === 'kept' ? kept.reason : '', /key\.pem is not the key of .*cert\.pem/)
    assert.equal(serverTls.context(undefined), before)

    await writeFile(files.keyPath, key)
    await certificateFor(folder, 'one.test', 'more.test')
    assert.equal((await contexts.reload()).kind, 'reloaded')
    assert.notEqual(serverTls.context(undefined), before)
    assert.ok(contexts.certificates[0]?.names.includes('more.test'))
  }))

test('what can’t be loaded is refused with the file’s name', () =>
  inFolder(async folder => {
    const { certPath, keyPath } = await certificateFor(folder)
    const rubbish = join(folder, 'rubbish.pem')
    await writeFile(rubbish, 'rubbish')
    await assert.rejects(loadContexts([]), /no certificate/)
    await assert.rejects(loadContexts([{ certPath: rubbish, keyPath }]), /rubbish\.pem is no certificate/)
    await assert.rejects(loadContexts([{ certPath, keyPath: rubbish }]), /rubbish\.pem is no private key/)
    await assert.rejects(loadContexts([{ certPath: join(folder, 'none.pem'), keyPath }]), /none\.pem/)
  }))

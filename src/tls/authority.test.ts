import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { systemRandom } from '#io/random.ts'
import { ownCertificate } from './authority.ts'

const dayMs = 24 * 3_600_000

async function inFolder(run: (folder: string, clock: ManualClock) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-tls-'))
  try {
    await run(join(folder, 'tls'), manualClock(Date.now()))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function needs(folder: string, clock: ManualClock, names: readonly string[] = ['example.test']) {
  return { folder, clock, names, hostname: 'mail.example.test', random: systemRandom }
}

test('the authority and the certificate have what clients ask for', () =>
  inFolder(async (folder, clock) => {
    const made = await ownCertificate(
      needs(folder, clock, ['example.test', 'bücher.example', '192.0.2.1', '2001:db8::1']),
    )
    assert.equal(made.made, 'authority-and-server')
    const ca = new X509Certificate(await readFile(made.caPath))
    const leaf = new X509Certificate(await readFile(made.certPath))
    assert.equal(ca.subject, 'CN=Posthouse CA of mail.example.test')
    assert.equal(ca.ca, true)
    assert.equal(leaf.ca, false)
    assert.equal(leaf.verify(ca.publicKey), true)
    assert.equal(leaf.checkIssued(ca), true)
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1'])
    assert.equal(
      leaf.subjectAltName,
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:example.test, DNS:xn--bcher-kva.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1',
    )
    const lifeDays = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / dayMs
    assert.ok(lifeDays > 390 && lifeDays <= 397, `${lifeDays} days`)
    const caYears = (Date.parse(ca.validTo) - clock.now()) / dayMs / 365
    assert.ok(caYears > 9.9 && caYears < 10.1, `${caYears} years`)
  }))

test('keys are for their owner only, and nothing unfinished stays', () =>
  inFolder(async (folder, clock) => {
    const { keyPath, certPath } = await ownCertificate(needs(folder, clock))
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777
    assert.equal(await modeOf(keyPath), 0o600)
    assert.equal(await modeOf(join(folder, 'ca-key.pem')), 0o600)
    assert.equal(await modeOf(certPath), 0o644)
    assert.deepEqual((await readdir(folder)).sort(), ['ca-key.pem', 'ca.pem', 'cert.pem', 'key.pem'])
  }))

test('openssl verifies the chain, strictly', async t => {
  const run = promisify(execFile)
  const openssl = (args: readonly string[]) => run('openssl', args)
  const there = await openssl(['version']).then(
    () => true,
    () => false,
  )
  if (!there) return t.skip('no openssl here')
  await inFolder(async (folder, clock) => {
    const { caPath, certPath } = await ownCertificate(needs(folder, clock))
    const checks = ['-purpose', 'sslserver', '-verify_hostname', 'example.test', '-x509_strict']
    const { stdout } = await openssl(['verify', '-CAfile', caPath, ...checks, certPath])
    assert.match(stdout, /: OK/)
  })
})

test('the certificate is made again only when it must be', () =>
  inFolder(async (folder, clock) => {
    await ownCertificate(needs(folder, clock))
    const made = async (names?: readonly string[]) => (await ownCertificate(needs(folder, clock, names))).made
    assert.equal(await made(), 'nothing')
    assert.equal(await made([]), 'nothing', 'a name too many does no harm')
    assert.equal(await made(['example.test', 'second.test']), 'server')
    clock.advance(365 * dayMs)
    assert.equal(await made(['second.test']), 'nothing')
    clock.advance(2 * dayMs)
    assert.equal(await made(), 'server')
    clock.advance(9 * 365 * dayMs)
    assert.equal(await made(), 'authority-and-server')
  }))

test('a key that is not its certificate’s is replaced, a damaged authority is not', () =>
  inFolder(async (folder, clock) => {
    const { keyPath, caPath } = await ownCertificate(needs(folder, clock))
    const ca = await readFile(caPath, 'utf8')
    await writeFile(keyPath, await readFile(join(folder, 'ca-key.pem')))
    assert.equal((await ownCertificate(needs(folder, clock))).made, 'server')
    await writeFile(caPath, ca.slice(0, 100))
    await assert.rejects(ownCertificate(needs(folder, clock)), /ca\.pem is damaged/)
  }))

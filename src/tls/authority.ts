// An installation's own certificate authority, and the server certificate it signs. Clients are told to trust the
// authority (Thunderbird refuses a bare self-signed certificate); it stays the same while the server's is renewed.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import { type CertificateText, makeCertificate } from './certificate.ts'
import { readIfThere, replaceFile } from './key-files.ts'
import { limits } from './limits.ts'

export interface OwnCertificate {
  readonly caPath: string
  readonly certPath: string
  readonly keyPath: string
  /** What was made just now; with a new authority clients must be told to trust it. */
  readonly made: 'nothing' | 'server' | 'authority-and-server'
}

export interface AuthorityNeeds {
  /** Where the files are: `DIR/tls`. Made if it is not there. */
  readonly folder: string
  /** Names the authority in clients' lists. */
  readonly hostname: string
  /** Domains (ASCII or Unicode) and addresses that the server's certificate must hold, besides localhost's. */
  readonly names: readonly string[]
  readonly clock: Clock
  readonly random: Random
}

/**
 * Makes what is missing, or ends within 30 days, or lacks a name. A file that is there and can't be read rises:
 * an authority that clients trust is never replaced by mistake.
 */
export async function ownCertificate(needs: AuthorityNeeds): Promise<OwnCertificate> {
  const paths = pathsIn(needs.folder)
  await mkdir(needs.folder, { recursive: true, mode: 0o700 })
  const found = await readAuthority(paths, needs)
  const authority = found ?? (await makeAuthority(paths, needs))
  const files = { caPath: paths.ca, certPath: paths.cert, keyPath: paths.key }
  if (found !== undefined && (await serverCertificateServes(paths, authority, needs)))
    return { ...files, made: 'nothing' }
  await makeServerCertificate(paths, authority, needs)
  return { ...files, made: found === undefined ? 'authority-and-server' : 'server' }
}

interface Authority {
  readonly certificate: X509Certificate
  readonly key: KeyObject
  readonly commonName: string
}

type Paths = ReturnType<typeof pathsIn>

function pathsIn(folder: string) {
  return {
    ca: join(folder, 'ca.pem'),
    caKey: join(folder, 'ca-key.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  }
}

async function readAuthority(paths: Paths, needs: AuthorityNeeds): Promise<Authority | undefined> {
  const pair = await readPair(paths.ca, paths.caKey)
  if (pair === undefined || endsSoon(pair.certificate, needs.clock)) return undefined
  return { ...pair, commonName: pair.certificate.subject.replace(/^CN=/, '') }
}

async function serverCertificateServes(paths: Paths, authority: Authority, needs: AuthorityNeeds): Promise<boolean> {
  const pair = await readPair(paths.cert, paths.key)
  if (pair === undefined || endsSoon(pair.certificate, needs.clock)) return false
  const { certificate } = pair
  const holds = (name: string) =>
    isIP(name) ? certificate.checkIP(name) !== undefined : certificate.checkHost(name) !== undefined
  return certificate.verify(authority.certificate.publicKey) && wantedNames(needs.names).every(holds)
}

/** A certificate and its key; undefined if either is missing, or they don't belong together (a crash between the two). */
async function readPair(certPath: string, keyPath: string) {
  const [certText, keyText] = await Promise.all([readIfThere(certPath), readIfThere(keyPath)])
  if (certText === undefined || keyText === undefined) return undefined
  const certificate = readable(certPath, () => new X509Certificate(certText))
  const key = readable(keyPath, () => createPrivateKey(keyText))
  return certificate.checkPrivateKey(key) ? { certificate, key } : undefined
}

function readable<T>(path: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new Error(`${path} is damaged. Put it back from a backup, or remove it to have a new one made.`, { cause })
  }
}

function endsSoon(certificate: X509Certificate, clock: Clock): boolean {
  return Date.parse(certificate.validTo) < clock.now() + limits.renewBeforeMs
}

async function makeAuthority(paths: Paths, needs: AuthorityNeeds): Promise<Authority> {
  const { publicKey, privateKey } = newKeys()
  const commonName = `Posthouse CA of ${needs.hostname}`.slice(0, 64) // RFC 5280 appendix A, ub-common-name
  const text = await makeCertificate({
    ...common(needs, limits.authorityLifeMs),
    subject: commonName,
    issuer: commonName,
    publicKey,
    issuerPublicKey: publicKey,
    signingKey: privateKey,
    use: { kind: 'authority' },
  })
  await replaceFile(paths.caKey, keyText(privateKey), 0o600)
  await replaceFile(paths.ca, text, 0o644)
  return { certificate: new X509Certificate(text), key: privateKey, commonName }
}

async function makeServerCertificate(paths: Paths, authority: Authority, needs: AuthorityNeeds): Promise<void> {
  const { publicKey, privateKey } = newKeys()
  const names = wantedNames(needs.names)
  const lifeMs = Math.min(limits.leafLifeMs, Date.parse(authority.certificate.validTo) - needs.clock.now())
  const text = await makeCertificate({
    ...common(needs, lifeMs),
    subject: names.find(name => isIP(name) === 0 && name !== 'localhost' && name.length <= 64) ?? 'localhost',
    issuer: authority.commonName,
    publicKey,
    issuerPublicKey: createPublicKey(authority.key),
    signingKey: authority.key,
    use: { kind: 'server', names },
  })
  await replaceFile(paths.key, keyText(privateKey), 0o600)
  await replaceFile(paths.cert, text, 0o644)
}

function common(needs: AuthorityNeeds, lifeMs: number): Pick<CertificateText, 'serial' | 'validFromMs' | 'validToMs'> {
  const now = needs.clock.now()
  return { serial: needs.random.bytes(16), validFromMs: now - limits.backdatedMs, validToMs: now + lifeMs }
}

function wantedNames(names: readonly string[]): readonly string[] {
  const ascii = names.map(name => (isIP(name) ? name : domainToASCII(name))).filter(name => name !== '')
  return [...new Set(['localhost', '127.0.0.1', '::1', ...ascii])]
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function keyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

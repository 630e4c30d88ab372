// Certificates of clients and channel bindings, on real sockets.

import 'reflect-metadata'
import assert from 'node:assert/strict'
import { createHash, type webcrypto, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import * as x509 from '@peculiar/x509'
import { systemClock } from '#io/clock.ts'
import { manualClock } from '#io/manual-clock.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import { type OwnCertificate, ownCertificate } from './authority.ts'
import { CertificateError, loadContexts } from './contexts.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

interface Authority {
  readonly name: string
  readonly keys: webcrypto.CryptoKeyPair
  readonly pem: string
}

interface Shown {
  readonly cert: string
  readonly key: string
}

describe('a client’s certificate', () => {
  let folder = ''
  let files: OwnCertificate
  let ca = ''
  let authority: Authority
  let asking: ServerTls

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-clients-'))
    const needs = { folder, names: ['example.test'], hostname: 'h', clock: systemClock, random: seededRandom(1) }
    files = await ownCertificate(needs)
    ca = await readFile(files.caPath, 'utf8')
    authority = await makeAuthority('clients')
    const path = join(folder, 'clients.pem')
    await writeFile(path, authority.pem)
    asking = (await loadContexts([files], [path])).serverTls({ tickets: true, asksForCertificate: true })
  })
  after(() => rm(folder, { recursive: true }))

  async function connected(serverTls: ServerTls, options: tls.ConnectionOptions) {
    const server = net.createServer(socketServerOptions).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo // a TCP server's address is never text
    const accepting = once(server, 'connection')
    const client = tls.connect({ host: '127.0.0.1', port, ca, servername: 'example.test', ...options })
    client.on('error', () => {})
    const [accepted] = (await accepting) as [net.Socket] // what a net.Server's event gives
    const channel = socketChannel(accepted, { id: 'c1', tls: serverTls, clock: manualClock() })
    const secured = once(client, 'secureConnect')
    await Promise.all([channel.startTls(), secured])
    const end = async () => {
      client.destroy()
      channel.destroy()
      server.close()
      await once(server, 'close')
    }
    return { channel, client, [Symbol.asyncDispose]: end }
  }

  async function shownBy(serverTls: ServerTls, options: tls.ConnectionOptions) {
    await using both = await connected(serverTls, options)
    return both.channel.peerCertificate
  }

  test('with the addresses in it and its fingerprint, under both versions of TLS', async () => {
    const { cert, key } = await makeClient(authority, ['alice@example.test', 'Sales@example.test'])
    const fingerprint = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex')
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const shown = await shownBy(asking, { cert, key, maxVersion })
      assert.deepEqual(shown, { fingerprint, emails: ['alice@example.test', 'Sales@example.test'] }, maxVersion)
    }
  })

  test('nobody’s, when none is shown, none is asked for, or nobody vouches for it', async () => {
    const good = await makeClient(authority, ['alice@example.test'])
    const foreign = await makeClient(await makeAuthority('clients'), ['alice@example.test'])
    const past = await makeClient(authority, ['alice@example.test'], { endsAt: new Date('2020-01-02') })
    const server = await makeClient(authority, ['alice@example.test'], { use: x509.ExtendedKeyUsage.serverAuth })
    const notAsking = (await loadContexts([files], [join(folder, 'clients.pem')])).serverTls({ tickets: true })
    const noAuthority = (await loadContexts([files])).serverTls({ tickets: true, asksForCertificate: true })
    const table: [string, ServerTls, tls.ConnectionOptions][] = [
      ['none', asking, {}],
      ['another authority of the same name', asking, foreign],
      ['ended', asking, past],
      ['a server’s', asking, server],
      ['not asked for', notAsking, good],
      ['no authority', noAuthority, good],
    ]
    for (const [what, serverTls, options] of table) assert.equal(await shownBy(serverTls, options), undefined, what)
  })

  test('an address that is made to look like two is none', async () => {
    const shown = await shownBy(
      asking,
      await makeClient(authority, ['x@y.test, email:alice@example.test, email:z@y.test']),
    )
    assert.deepEqual(shown?.emails, [])
  })

  test('a resumed session keeps it', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = { ...(await makeClient(authority, ['alice@example.test'])), maxVersion }
      const session = await sessionOf(options)
      await using both = await connected(asking, { ...options, session })
      assert.equal(both.client.isSessionReused(), true, maxVersion)
      assert.deepEqual(both.channel.peerCertificate?.emails, ['alice@example.test'], maxVersion)
    }
  })

  test('authorities that can’t be read are named', async () => {
    await writeFile(join(folder, 'rubbish.pem'), 'rubbish')
    for (const name of ['rubbish.pem', 'missing.pem'])
      await assert.rejects(loadContexts([files], [join(folder, name)]), (error: unknown) => {
        return error instanceof CertificateError && error.message.includes(name)
      })
  })

  test('bindings: both ends know the same, each connection another, and TLS 1.2 has no exporter', async () => {
    const exported = new Set<string>()
    for (const maxVersion of ['TLSv1.3', 'TLSv1.3', 'TLSv1.2'] as const) {
      await using both = await connected(asking, { maxVersion })
      const { channel, client } = both
      const exporter = channel.channelBinding('tls-exporter')
      const wanted = client.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)).toString('hex')
      if (maxVersion === 'TLSv1.2') assert.equal(exporter, undefined)
      else assert.equal(Buffer.from(exporter ?? []).toString('hex'), wanted)
      exported.add(wanted)
      const endPoint = createHash('sha256').update(client.getPeerCertificate().raw).digest('hex')
      assert.equal(Buffer.from(channel.channelBinding('tls-server-end-point') ?? []).toString('hex'), endPoint)
    }
    assert.equal(exported.size, 3)
  })

  test('bindings: the hash is that of the certificate’s signature, and an Ed25519 one has none', async () => {
    for (const [signing, hash] of [
      [{ name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }, 'sha384'],
      [
        { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-512' },
        'sha512',
      ],
      [{ name: 'Ed25519', hash: 'none' }, undefined],
    ] as const) {
      const { cert, key } = await selfSigned(signing)
      const [certPath, keyPath] = [join(folder, 'own.pem'), join(folder, 'own-key.pem')]
      await Promise.all([writeFile(certPath, cert), writeFile(keyPath, key)])
      const serverTls = (await loadContexts([{ certPath, keyPath }])).serverTls({ tickets: true })
      await using both = await connected(serverTls, { ca: cert })
      const wanted = hash && createHash(hash).update(new X509Certificate(cert).raw).digest('hex')
      const binding = both.channel.channelBinding('tls-server-end-point')
      assert.equal(binding && Buffer.from(binding).toString('hex'), wanted, signing.name)
    }
  })

  test('in the clear there is neither', async () => {
    const server = net.createServer(socketServerOptions).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo // a TCP server's address is never text
    const accepting = once(server, 'connection')
    const client = net.connect(port, '127.0.0.1')
    const [accepted] = (await accepting) as [net.Socket] // what a net.Server's event gives
    const channel = socketChannel(accepted, { id: 'c1', tls: asking, clock: manualClock() })
    assert.equal(channel.peerCertificate, undefined)
    assert.equal(channel.channelBinding('tls-server-end-point'), undefined)
    client.destroy()
    channel.destroy()
    server.close()
    await once(server, 'close')
  })

  async function sessionOf(options: tls.ConnectionOptions): Promise<Buffer> {
    await using both = await connected(asking, options)
    const { client, channel } = both
    let session = client.getSession()
    client.on('session', given => {
      session = given
    })
    channel.write('hello')
    await channel.flush()
    await once(client, 'data')
    assert.ok(session)
    return session
  }
})

async function makeAuthority(name: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  })
  return { name, keys, pem: certificate.toString('pem') }
}

async function makeClient(
  { name, keys }: Authority,
  emails: readonly string[],
  { endsAt = new Date(Date.now() + 86_400_000), use = x509.ExtendedKeyUsage.clientAuth } = {},
): Promise<Shown> {
  const own = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=client',
    issuer: `CN=${name}`,
    publicKey: own.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date('2020-01-01'),
    notAfter: endsAt,
    extensions: [
      new x509.ExtendedKeyUsageExtension([use]),
      new x509.SubjectAlternativeNameExtension(emails.map(value => ({ type: 'email' as const, value }))),
    ],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(own.privateKey) }
}

async function selfSigned(
  signing: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams | webcrypto.Algorithm,
): Promise<Shown> {
  const keys = (await crypto.subtle.generateKey(signing, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair // signing makes pairs
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=example.test',
    keys,
    signingAlgorithm: signing,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'example.test' }])],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

async function pemOf(key: CryptoKey): Promise<string> {
  const text = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${text.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`
}

// What vouches for a peer, end to end: DANE out of zones that Unbound has validated, MTA-STS from an HTTPS server, and peers whose certificates
// and handshakes are bad in each way.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { BadPeer } from '../support/bad-peer.ts'
import type { BadPeerOptions } from '../support/bad-peer-script.ts'
import { listenAsPeer } from '../support/listen-as-peer.ts'
import { whyNoMailSystem } from '../support/mail-system.ts'
import { type CertificateWanted, PeerAuthority } from '../support/peer-certificates.ts'
import { startPolicyHost } from '../support/policy-host.ts'
import { claimPorts } from '../support/ports.ts'
import { letterOf, queued, relayingConfig, submit, until } from '../support/relaying.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'
import { startResolver, type Zone } from '../support/signed-zone.ts'

interface Case {
  /** The recipient's domain: a name below its zone. */
  readonly domain: string
  readonly what: string
  readonly certificate?: Partial<CertificateWanted>
  readonly peer?: BadPeerOptions
  /** Its handshakes fail. */
  readonly noCertificate?: boolean
  readonly tlsa?: 'right' | 'wrong'
  readonly policy?: (mx: string) => readonly string[]
  /** `tls`, `clear`: it arrives so. A pattern: it waits, and this is why. */
  readonly wanted: 'tls' | 'clear' | RegExp
  /** The host's name in the zone; `mx` unless told. */
  readonly host?: string
}

const enforce = (mx: string): readonly string[] => ['version: STSv1', 'mode: enforce', `mx: ${mx}`, 'max_age: 86400']
const otherNames = { names: ['mx.elsewhere.test'] }

const cases: readonly Case[] = [
  { domain: 'right.dane.test', what: 'a TLSA record that fits', tlsa: 'right', wanted: 'tls' },
  {
    domain: 'self.dane.test',
    what: 'one that fits a certificate of no authority, for other names, long expired',
    tlsa: 'right',
    certificate: { ...otherNames, isExpired: true, isSelfSigned: true },
    wanted: 'tls',
  },
  { domain: 'wrong.dane.test', what: 'a TLSA record that does not fit', tlsa: 'wrong', wanted: /DANE/ },
  {
    domain: 'clear.dane.test',
    what: 'a TLSA record, and no STARTTLS',
    tlsa: 'right',
    peer: { offersTls: false },
    wanted: /DANE/,
  },
  {
    domain: 'none.dane.test',
    what: 'a signed zone without TLSA, any certificate',
    certificate: otherNames,
    wanted: 'tls',
  },
  { domain: 'far.bogus.test', what: 'an address whose signature is forged', host: 'forged', wanted: /DNS|no answer/ },
  {
    domain: 'wrong.plain.test',
    what: 'a wrong TLSA record in a zone that nobody signed',
    tlsa: 'wrong',
    wanted: 'tls',
  },
  { domain: 'names.plain.test', what: 'a certificate for other names', certificate: otherNames, wanted: 'tls' },
  { domain: 'expired.plain.test', what: 'an expired certificate', certificate: { isExpired: true }, wanted: 'tls' },
  {
    domain: 'self.plain.test',
    what: 'a certificate of no authority',
    certificate: { isSelfSigned: true },
    wanted: 'tls',
  },
  {
    domain: 'taken-back.plain.test',
    what: 'STARTTLS offered, then refused',
    peer: { script: { STARTTLS: '454 4.7.0 not now' } },
    wanted: 'clear',
  },
  {
    domain: 'no-handshake.plain.test',
    what: 'STARTTLS offered, and no handshake that works',
    noCertificate: true,
    peer: { offersTls: true, script: { handshake: { say: 'this is no TLS at all', end: 'close' } } },
    wanted: 'clear',
  },
  { domain: 'right.sts.test', what: 'MTA-STS that is kept', policy: enforce, wanted: 'tls' },
  {
    domain: 'names.sts.test',
    what: 'MTA-STS, and a certificate for other names',
    policy: enforce,
    certificate: otherNames,
    wanted: /MTA-STS|other names/,
  },
  {
    domain: 'expired.sts.test',
    what: 'MTA-STS, and an expired certificate',
    policy: enforce,
    certificate: { isExpired: true },
    wanted: /expired/,
  },
  {
    domain: 'clear.sts.test',
    what: 'MTA-STS, and no STARTTLS',
    policy: enforce,
    peer: { offersTls: false },
    wanted: /MTA-STS/,
  },
  {
    domain: 'other.sts.test',
    what: 'MTA-STS that names other hosts',
    policy: () => enforce('mx.elsewhere.test'),
    wanted: /MTA-STS/,
  },
  {
    domain: 'testing.sts.test',
    what: 'MTA-STS in testing mode, and a certificate for other names',
    policy: mx => ['version: STSv1', 'mode: testing', `mx: ${mx}`, 'max_age: 86400'],
    certificate: otherNames,
    wanted: 'tls',
  },
  {
    domain: 'none.sts.test',
    what: 'MTA-STS that says none, and no STARTTLS',
    policy: () => ['version: STSv1', 'mode: none', 'max_age: 86400'],
    peer: { offersTls: false },
    wanted: 'clear',
  },
]

const limit = { timeout: 40_000 } as const
const policyAddress = '127.0.0.30'
const mxOf = ({ domain, host = 'mx' }: Case): string =>
  host === 'mx' ? `mx.${domain}` : `${host}.${domain.split('.').slice(1).join('.')}`
const labelOf = ({ domain }: Case): string => domain.split('.')[0] ?? ''

describe('what vouches for a peer', { skip: whyNoMailSystem() ?? false }, () => {
  const owned = new AsyncDisposableStack()
  const peers = new Map<Case, BadPeer>()
  let server: RunningServer
  before(async () => {
    const ports = owned.use(await claimPorts())
    const world = { resolverPort: ports.offset + 53, mailPort: ports.offset + 26 }
    const authority = await PeerAuthority.make()
    const records: Record<string, string[]> = { 'dane.test': [], 'bogus.test': [], 'plain.test': [], 'sts.test': [] }
    const policies: Record<string, readonly string[]> = {}
    for (const [number, one] of cases.entries()) {
      const address = `127.0.0.${100 + number}`
      const mx = mxOf(one)
      const certificate = await authority.certificate({ names: [mx], ...one.certificate })
      const peer = new BadPeer({ name: mx, ...one.peer })
      peers.set(one, peer)
      const tls = one.noCertificate === true ? undefined : certificate.serverTls
      owned.use(await listenAsPeer(peer, { host: address, port: world.mailPort, ...(tls && { tls }) }))
      const lines = records[one.domain.split('.').slice(1).join('.')]
      lines?.push(`${labelOf(one)} MX 10 ${mx}.`, `${mx}. A ${address}`)
      const digest = one.tlsa === 'right' ? certificate.tlsa : '00'.repeat(32)
      if (one.tlsa !== undefined) lines?.push(`_${world.mailPort}._tcp.${mx}. TLSA 3 1 1 ${digest}`)
      if (one.policy === undefined) continue
      lines?.push(`_mta-sts.${labelOf(one)} TXT "v=STSv1; id=1;"`, `mta-sts.${labelOf(one)} A ${policyAddress}`)
      policies[`mta-sts.${one.domain}`] = one.policy(mx)
    }
    const kinds = { 'dane.test': 'signed', 'bogus.test': 'bogus', 'plain.test': 'insecure', 'sts.test': 'insecure' }
    const zones = Object.entries(kinds).map(([name, kind]) => ({ name, kind, records: records[name] ?? [] }) as Zone)
    owned.use(await startResolver({ port: world.resolverPort }, zones))
    const policyCertificate = await authority.certificate({ names: Object.keys(policies) })
    owned.use(await startPolicyHost(policyAddress, policyCertificate, policies))
    const folder = mkdtempSync(join(tmpdir(), 'posthouse-authority-'))
    owned.defer(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'ca.pem'), authority.pem)
    server = owned.use(
      await startServer({
        accounts: [alice],
        config: offset => relayingConfig(offset, world),
        environment: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
      }),
    )
    // All at once: those that wait, wait for each other.
    for (const one of cases) {
      const letter = letterOf(one.domain, 'who are you?\n')
      await submit(server, alice, { to: [`bob@${one.domain}`], letter })
    }
  })
  after(async () => await owned.disposeAsync())

  for (const one of cases)
    test(
      `${one.what}: ${one.wanted instanceof RegExp ? 'it waits' : `it goes${one.wanted === 'clear' ? ' in the clear' : ' under TLS'}`}`,
      limit,
      async () => {
        const peer = peers.get(one)
        assert.ok(peer)
        const { wanted } = one
        if (wanted instanceof RegExp) {
          const reply = await until(`a reason why ${one.domain} waits`, () => replyFor(server, one.domain))
          assert.match(reply, wanted)
          assert.equal(peer.taken.length, 0)
          return
        }
        const [message] = await until(`mail at ${one.domain}`, () => (peer.taken.length > 0 ? peer.taken : undefined))
        assert.equal(message?.isTls, wanted === 'tls')
        assert.deepEqual(peer.mistakes, [])
      },
    )
})

/** What was said of the recipient at its last try. */
async function replyFor(server: RunningServer, domain: string): Promise<string | undefined> {
  for (const message of await queued(server)) {
    const recipients = message['recipients'] as readonly { address: string; reply?: string }[]
    for (const { address, reply } of recipients) if (address === `bob@${domain}` && reply) return reply
  }
  return undefined
}

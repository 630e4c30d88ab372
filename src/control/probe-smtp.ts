// What a host says to a connection of ours, for who wants to look: one connection to each of its addresses, up to the answer to EHLO under TLS.

import { isIP } from 'node:net'
import { done, type Outcome } from '#accounts/refusal.ts'
import type { Clock } from '#io/clock.ts'
import type { Dialer } from '#io/dialer.ts'
import type { Dns } from '#io/dns.ts'
import type { Random } from '#io/random.ts'
import type { Try } from '#mail/outcome.ts'
import { openPeer, type PeerPlan } from '#send/session.ts'
import { rfcTimeouts } from '#send/timeouts.ts'
import type { Capabilities } from '#wire/smtp/capabilities.ts'
import { tryAsData } from './direct-queue.ts'
import { limits } from './limits.ts'
import type { SmtpProbe, SmtpProbeRequest } from './sending-administration.ts'

export interface ProbeSmtpNeeds {
  readonly dialer: Dialer
  readonly dns: Dns
  readonly clock: Clock
  readonly random: Random
  readonly hostname: string
  /** Ends those under way. */
  readonly signal?: AbortSignal
}

export async function probeSmtp(
  needs: ProbeSmtpNeeds,
  request: SmtpProbeRequest,
): Promise<Outcome<readonly SmtpProbe[]>> {
  const addresses = await addressesOf(needs, request.host)
  if (typeof addresses === 'string') return done([unreached(needs, request, addresses)])
  const shown = addresses.slice(0, limits.probedAddresses)
  return done(await Promise.all(shown.map(address => probed(needs, request, address))))
}

/** Why there are none, in words. */
async function addressesOf({ dns }: ProbeSmtpNeeds, host: string): Promise<readonly string[] | string> {
  if (isIP(host) !== 0) return [host]
  const answer = await dns.addresses(host)
  if (answer.kind === 'found') return answer.records
  if (answer.kind === 'unknown') return `DNS gives no answer for the addresses of ${host}`
  return answer.nameExists ? `${host} has no address` : `there is no name ${host}`
}

async function probed(needs: ProbeSmtpNeeds, request: SmtpProbeRequest, address: string): Promise<SmtpProbe> {
  const { dialer, clock, random, signal } = needs
  const timeouts = shortened()
  const opened = await openPeer({ dialer, clock, random, timeouts }, planOf(needs, request, address), signal)
  if (opened.kind === 'failure') {
    const { outcome } = opened
    return probeOf(address, opened.try, { wrong: outcome.reply, class: outcome.class })
  }
  await using session = opened
  const { capabilities, tls, tlsResult, opening } = session
  const wrong =
    request.tls === 'starttls' && tls === undefined && tlsResult.reason !== undefined ? tlsResult.reason : null
  return probeOf(address, opening, { offers: offersOf(capabilities), tls: tls?.text ?? null, wrong, isOpen: true })
}

/** As long as somebody who sits there waits. */
function shortened(): typeof rfcTimeouts {
  const entries = Object.entries(rfcTimeouts).map(([name, ms]) => [name, Math.min(ms, limits.probeMs)] as const)
  // The same names as in `rfcTimeouts`.
  return Object.fromEntries(entries) as unknown as typeof rfcTimeouts
}

function planOf({ hostname }: ProbeSmtpNeeds, { host, port, tls }: SmtpProbeRequest, address: string): PeerPlan {
  return {
    host,
    address,
    port,
    localAddress: undefined,
    helloName: hostname,
    tls: tls === 'none' ? { kind: 'none' } : { kind: tls === 'implicit' ? 'encrypted' : 'opportunistic' },
    implicitTls: tls === 'implicit',
    credentials: undefined,
    connectMs: limits.probeMs,
    // Whatever it has, we want to see it.
    minimumTls: 'TLSv1',
  }
}

function probeOf(address: string, one: Try, found: Partial<SmtpProbe>): SmtpProbe {
  return { address, isOpen: false, offers: null, tls: null, wrong: null, class: null, ...found, try: tryAsData(one) }
}

function unreached({ clock }: ProbeSmtpNeeds, { host }: SmtpProbeRequest, wrong: string): SmtpProbe {
  const one = { at: clock.now(), tookMs: 0, host, address: undefined, tls: undefined, transcript: '' }
  return probeOf('', one, { wrong, class: 'dns' })
}

function offersOf(capabilities: Capabilities): readonly string[] {
  const { sizeBytes, auth, limits: most } = capabilities
  if (!capabilities.isExtended) return ['no extensions (HELO)']
  const flags: readonly (readonly [has: boolean, name: string])[] = [
    [capabilities.pipelining, 'PIPELINING'],
    [capabilities.startTls, 'STARTTLS'],
    [capabilities.eightBitMime, '8BITMIME'],
    [capabilities.binaryMime, 'BINARYMIME'],
    [capabilities.chunking, 'CHUNKING'],
    [capabilities.smtpUtf8, 'SMTPUTF8'],
    [capabilities.dsn, 'DSN'],
    [capabilities.requireTls, 'REQUIRETLS'],
    [capabilities.priority, 'MT-PRIORITY'],
    [capabilities.deliverBySeconds !== undefined, 'DELIVERBY'],
    [sizeBytes !== undefined, sizeBytes === 0 ? 'SIZE' : `SIZE ${sizeBytes}`],
    [auth.size > 0, `AUTH ${[...auth].join(' ')}`],
    [most.recipients !== undefined, `LIMITS RCPTMAX=${most.recipients}`],
    [most.mails !== undefined, `LIMITS MAILMAX=${most.mails}`],
  ]
  return flags.flatMap(([has, name]) => (has ? [name] : []))
}

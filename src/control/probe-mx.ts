// What would be done with a message to a domain, and why: its route, its hosts, what each connection has to be, the pace. Connects to nobody.

import { done, type Outcome } from '#accounts/refusal.ts'
import type { Dns } from '#io/dns.ts'
import type { RefusedOutcome } from '#mail/outcome.ts'
import type { Carriage, Explained, ExplainedSource } from '#send/carriage.ts'
import { directRoute, otherPace } from '#send/default-settings.ts'
import { type Destination, type DestinationHost, type DestinationNeeds, Destinations } from '#send/destination.ts'
import type { SendSettings } from '#send/settings.ts'
import type { TlsDemand } from '#send/tls-demand.ts'
import type { TlsAnswer, TlsPolicy } from '#send/tls-policy.ts'
import { toAsciiDomain } from '#text/idna.ts'
import type { MxHost, MxProbe, MxProbeRequest, MxSource } from './sending-administration.ts'

export interface ProbeMxNeeds extends Pick<DestinationNeeds, 'targetsOf'> {
  readonly dns: Pick<Dns, 'addresses' | 'exchangers'>
  readonly carriage: Pick<Carriage, 'explain'>
  readonly tlsPolicy: Pick<TlsPolicy, 'of'>
  readonly settings: Pick<SendSettings, 'pace' | 'tls'>
}

export async function probeMx(needs: ProbeMxNeeds, request: MxProbeRequest): Promise<Outcome<MxProbe>> {
  const domain = domainIn(request.domain)
  if (domain === undefined) return { kind: 'bad-domain', subject: request.domain }
  const asked = { accountId: 0, sender: request.sender ?? '', recipient: `postmaster@${domain}`, tries: 0 }
  const explained = await needs.carriage.explain(asked)
  const { route } = explained
  const hop = route.kind === 'hop' ? route.hop : null
  const heldFor = route.kind === 'held' ? route.reason : null
  // What its records say is worth knowing of what is held, too.
  const destination = explained.destination ?? (await byItsRecords(needs, domain))
  const about = { ...nothing, domain, hop, heldFor }
  if (destination.kind === 'no') return done({ ...about, no: refusal(destination.outcome) })
  return done({ ...about, ...(await along(needs, destination, explained)) })
}

/** Of an address that which is after the @. */
function domainIn(text: string): string | undefined {
  const name = text.slice(text.lastIndexOf('@') + 1)
  return name.startsWith('[') ? name : toAsciiDomain(name)
}

const nothing: Omit<MxProbe, 'domain' | 'hop' | 'heldFor'> = {
  isSmarthost: false,
  hosts: [],
  dnssec: null,
  notes: [],
  no: null,
  mtaSts: null,
  provider: null,
  mostAllowed: null,
  sources: [],
  schedule: null,
}

function byItsRecords({ dns, targetsOf, settings }: ProbeMxNeeds, domain: string) {
  const destinations = new Destinations({ dns, targetsOf, tlsRules: settings.tls, credentials: new Map() })
  return destinations.of({ name: 'direct', route: directRoute, domain })
}

async function along(
  { dns, settings, tlsPolicy }: ProbeMxNeeds,
  { hosts, isDirect, notes, provider, paceName }: Destination,
  { sources, schedule }: Explained,
): Promise<Partial<MxProbe>> {
  const answers = await Promise.all(hosts.map(({ tls }) => tlsPolicy.of({ ...tls, requireTls: false })))
  const most = settings.pace[paceName] ?? settings.pace['other'] ?? otherPace
  const { connections, messagesPerMinute, messagesPerConnection } = most
  return {
    isSmarthost: !isDirect,
    hosts: hosts.map((host, at) => hostOf(host, answers[at])),
    dnssec: await dnssecWord(dns),
    notes,
    mtaSts: answers.find(({ policy }) => policy.type === 'sts' && policy.lines.length > 0)?.policy.lines ?? null,
    provider,
    mostAllowed: { connections, messagesPerMinute: messagesPerMinute ?? null, messagesPerConnection },
    sources: sources.map(sourceOf),
    schedule: schedule === undefined ? null : { retryMs: schedule.retryMs, giveUpMs: schedule.giveUpMs },
  }
}

/** A domain that has been signed since 2009: a resolver that is believed vouches for whatever it answers of it. */
const signedDomain = 'org'

async function dnssecWord(dns: ProbeMxNeeds['dns']): Promise<string> {
  const answer = await dns.exchangers(signedDomain)
  if (answer.kind === 'unknown') return 'unknown'
  return answer.isAuthentic ? 'believed' : 'not-believed'
}

function hostOf({ name, port, addresses, implicitTls, tls }: DestinationHost, answer: TlsAnswer | undefined): MxHost {
  const host = { name, preference: tls.host.preference, port, addresses }
  if (answer === undefined || answer.kind === 'no')
    return { ...host, tls: null, tlsWords: answer?.outcome.reply ?? '', tlsa: [], notes: [] }
  const { demand, policy, notes } = answer
  const words = implicitTls ? `${inWords(demand)} (from the start)` : inWords(demand)
  return { ...host, tls: demand.kind, tlsWords: words, tlsa: policy.type === 'tlsa' ? policy.lines : [], notes }
}

function inWords(demand: TlsDemand): string {
  switch (demand.kind) {
    case 'none':
      return 'no TLS: the configuration says so'
    case 'opportunistic':
      return demand.tested === undefined
        ? 'TLS if it is offered, whatever the certificate: nobody demands more'
        : 'TLS if it is offered, whatever the certificate: MTA-STS is only being tested there'
    case 'encrypted':
      return 'TLS, whatever the certificate: the configuration demands it'
    case 'verified':
      return `TLS, and a trusted certificate for ${demand.names.join(' or ')}: ${demandedBy[demand.by]}`
    case 'dane':
      return 'TLS, and a certificate as the TLSA records say: DANE demands it'
  }
}

const demandedBy = {
  'mta-sts': 'MTA-STS demands it',
  requiretls: 'the sender demands it',
  setting: 'the configuration demands it',
} as const

function sourceOf({ source, pace, warmUp }: ExplainedSource): MxSource {
  const { day, sentToday = 0, mostToday } = warmUp ?? {}
  return {
    source: source.key,
    helloName: source.helloName,
    pace: pace === undefined ? null : { ...pace, messagesPerMinute: pace.messagesPerMinute ?? null },
    warmUp: day === undefined ? null : { day, sentToday, mostToday: mostToday ?? null },
  }
}

function refusal({ kind, class: why, status, reply }: RefusedOutcome): MxProbe['no'] {
  return { outcome: kind, class: why, status, reply }
}

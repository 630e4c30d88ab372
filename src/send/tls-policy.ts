// What is demanded of the connection to one host, out of all that has a say: the sender (REQUIRETLS, RFC 8689 4.2.1), the host's TLSA records
// (DANE, RFC 7672 2.2), the domain's MTA-STS policy (RFC 8461 5; DANE goes before it, 8461 2), and the settings' minimum. Asked per host, since
// DANE is the host's own; what a "no" says holds for this host only.

import type { Dns, TlsaRecord } from '#io/dns.ts'
import type { RefusedOutcome } from '#mail/outcome.ts'
import type { MtaSts, StsFault } from '#verify/mta-sts.ts'
import { hasHost, policyLines, type StsPolicy } from '#verify/mta-sts-policy.ts'
import type { TlsMinimum } from './settings.ts'
import type { TargetHost } from './targets.ts'
import type { TlsDemand } from './tls-demand.ts'

export interface TlsPolicyNeeds {
  readonly dns: Dns
  readonly sts: Pick<MtaSts, 'of'>
}

export interface TlsAsked {
  /** Of the recipient, in A-labels. */
  readonly domain: string
  readonly host: TargetHost
  readonly port: number
  /**
   * How the host was found. `mx`: as the domain's own, with `namesAreAuthentic` as Targets.isAuthentic; `setting`: it stands in the configuration (a smarthost),
   * so the domain's policy has no say, and the host's name no doubt.
   */
  readonly via: { readonly kind: 'mx'; readonly namesAreAuthentic: boolean } | { readonly kind: 'setting' }
  /** The sender wants it (REQUIRETLS). */
  readonly requireTls: boolean
  /** The sender wants the domain's policies left aside (`TLS-Required: No`, RFC 8689 4.2.2). */
  readonly ignoresPolicies?: boolean
  readonly minimum: TlsMinimum
}

export type TlsAnswer = TlsWanted | TlsNo

export interface TlsWanted {
  readonly kind: 'demand'
  readonly demand: TlsDemand
  /** For the daily report: to be handed to TlsResults.note with what became of the connection. */
  readonly policy: AppliedPolicy
  /** What an operator should know: a policy that could not be had, records nobody can use. */
  readonly notes: readonly string[]
}

/** Not by this host, whatever it offers. */
export interface TlsNo {
  readonly kind: 'no'
  readonly outcome: RefusedOutcome
  readonly policy: AppliedPolicy
  /** RFC 8460 4.3; undefined where the report has no word for it. */
  readonly resultType: 'dnssec-invalid' | 'validation-failure' | undefined
}

/** RFC 8460 4.4. */
export interface AppliedPolicy {
  readonly type: 'tlsa' | 'sts' | 'no-policy-found'
  /** Whose: the mail domain, and under `tlsa` the host. */
  readonly domain: string
  /** Its lines or records, as text. */
  readonly lines: readonly string[]
  readonly hosts: readonly string[]
  /** Set where the policy itself could not be had. */
  readonly fault: StsFault | undefined
}

export class TlsPolicy {
  readonly #needs: TlsPolicyNeeds

  constructor(needs: TlsPolicyNeeds) {
    this.#needs = needs
  }

  /** Rejects on a fault of the database alone. */
  async of(asked: TlsAsked): Promise<TlsAnswer> {
    const { requireTls, minimum, ignoresPolicies = false } = asked
    if (!requireTls && minimum === 'none') return wanted({ kind: 'none' }, noPolicy(asked.domain))
    if (!requireTls && ignoresPolicies) return wanted({ kind: 'opportunistic' }, noPolicy(asked.domain))
    const dane = await this.#dane(asked)
    const hasDane = dane !== undefined
    if (hasDane && !isWithoutProof(dane)) return dane.kind === 'no' || !requireTls ? dane : withRequireTls(asked, dane)
    const sts = await this.#sts(asked)
    if (sts.kind === 'no') return sts
    // A policy that asks for more than records of no use takes nothing from them.
    if (hasDane && sts.demand.kind !== 'verified') return requireTls ? withRequireTls(asked, dane) : dane
    return requireTls ? withRequireTls(asked, sts) : { ...sts, demand: atLeast(sts.demand, asked) }
  }

  /** Undefined where DANE has no say (RFC 7672 2.1.1: insecure is as if there were none). */
  async #dane(asked: TlsAsked): Promise<TlsAnswer | undefined> {
    const { domain, host, via } = asked
    if (via.kind === 'mx' && !via.namesAreAuthentic) return undefined
    for (const base of await this.#bases(host)) {
      const answer = await this.#needs.dns.tlsa(`_${asked.port}._tcp.${base}`)
      if (answer.kind === 'unknown') return bogus(asked)
      if (answer.kind === 'none') continue
      if (!answer.isAuthentic) return undefined
      const { records } = answer
      // RFC 7672 3.2.2: what may stand in a certificate under usage 2, first the name that has the records.
      const names = [...new Set([base, host.name, host.canonicalName, ...(via.kind === 'mx' ? [domain] : [])])]
      const policy: AppliedPolicy = {
        ...noPolicy(domain),
        type: 'tlsa',
        lines: records.map(shownRecord),
        hosts: [base],
      }
      const isProof = records.some(isOfUse)
      // Records of no use ask for TLS alone (RFC 7672 2.2): the settings may ask for more.
      if (!isProof && asked.minimum === 'verified') return wanted(bySetting(host), policy)
      return wanted({ kind: 'dane', records, names }, policy)
    }
    return undefined
  }

  /** Under which names the records may stand, best first (RFC 7672 2.2.2, 2.2.3). */
  async #bases(host: TargetHost): Promise<readonly string[]> {
    if (host.isAuthentic) return [...new Set([host.canonicalName, host.name])]
    if (host.canonicalName === host.name) return []
    // Where only the alias itself is vouched for, not what it leads to, its own name has the last word.
    const alias = await this.#needs.dns.aliases(host.name)
    return alias.kind === 'found' && alias.isAuthentic ? [host.name] : []
  }

  async #sts({ domain, host, via }: TlsAsked): Promise<TlsAnswer> {
    if (via.kind === 'setting' || domain.startsWith('[')) return wanted({ kind: 'opportunistic' }, noPolicy(domain))
    const { policy, fault } = await this.#needs.sts.of(domain)
    if (policy === undefined || policy.mode === 'none') {
      const notes = fault === undefined ? [] : [`the MTA-STS policy of ${domain} could not be had: ${fault.reason}`]
      const applied = { ...noPolicy(domain), fault, ...(fault && { type: 'sts' as const }) }
      return { ...wanted({ kind: 'opportunistic' }, applied), notes }
    }
    const applied: AppliedPolicy = { type: 'sts', domain, lines: policyLines(policy), hosts: policy.patterns, fault }
    return hasHost(policy, host.name)
      ? wanted(stsDemand(policy, host.name), applied)
      : outsidePolicy(policy, host.name, applied)
  }
}

function wanted(demand: TlsDemand, policy: AppliedPolicy): TlsWanted {
  return { kind: 'demand', demand, policy, notes: [] }
}

function noPolicy(domain: string): AppliedPolicy {
  return { type: 'no-policy-found', domain, lines: [], hosts: [], fault: undefined }
}

function stsDemand({ mode }: StsPolicy, host: string): TlsDemand {
  return mode === 'enforce'
    ? { kind: 'verified', names: [host], by: 'mta-sts' }
    : { kind: 'opportunistic', tested: [host] }
}

function outsidePolicy({ mode }: StsPolicy, host: string, policy: AppliedPolicy): TlsAnswer {
  // In testing mode it is reported, and nothing else: no certificate is for no name.
  if (mode === 'testing') return wanted({ kind: 'opportunistic', tested: [] }, policy)
  const reply = `the MTA-STS policy of ${policy.domain} does not have its mail host ${host}`
  return { kind: 'no', outcome: outcome('deferred', '4.7.5', reply), policy, resultType: 'validation-failure' }
}

/** RFC 7672 2.1.2, 2.1.3: whoever can forge DNS must not be able to take the records away. */
function bogus({ domain, host }: TlsAsked): TlsNo {
  const reply = `DNS gives no answer for the DANE records of ${host.name}`
  const policy: AppliedPolicy = { ...noPolicy(domain), type: 'tlsa', hosts: [host.name] }
  return { kind: 'no', outcome: outcome('deferred', '4.7.5', reply), policy, resultType: 'dnssec-invalid' }
}

/** The host must be the right one, and must be known by more than its word (RFC 8689 4.2.1). */
function withRequireTls(asked: TlsAsked, answer: TlsWanted): TlsAnswer {
  const { demand, policy } = answer
  const { host, via, domain } = asked
  if (demand.kind === 'dane' && demand.records.some(isOfUse)) return answer
  // MTA-STS names the hosts too, in testing mode as well.
  const isNamed =
    policy.type === 'sts' &&
    (demand.kind === 'verified' || (demand.kind === 'opportunistic' && demand.tested?.length === 1))
  if (via.kind === 'setting' || via.namesAreAuthentic || host.name === domain || isNamed)
    return { ...answer, demand: { kind: 'verified', names: [host.name], by: 'requiretls' } }
  const reply = `the sender wants TLS all the way (REQUIRETLS), and neither DNSSEC nor MTA-STS says that ${host.name} is a mail host of ${domain}`
  return { kind: 'no', outcome: outcome('failed', '5.7.10', reply), policy, resultType: undefined }
}

/** The settings' minimum, where the policies want less. */
function atLeast(demand: TlsDemand, { minimum, host }: TlsAsked): TlsDemand {
  if (demand.kind !== 'opportunistic') return demand
  if (minimum === 'encrypted') return { kind: 'encrypted' }
  return minimum === 'verified' ? bySetting(host) : demand
}

function bySetting({ name }: TargetHost): TlsDemand {
  return { kind: 'verified', names: [name], by: 'setting' }
}

/** TLS is a must, and nothing says who answers (RFC 7672 2.2). */
function isWithoutProof(answer: TlsAnswer): answer is TlsWanted {
  return answer.kind === 'demand' && answer.demand.kind === 'dane' && !answer.demand.records.some(isOfUse)
}

/** RFC 7672 3.1.3: usages 0 and 1 are none for mail. */
function isOfUse({ usage }: TlsaRecord): boolean {
  return usage === 2 || usage === 3
}

function shownRecord({ usage, selector, matching, data }: TlsaRecord): string {
  return `${usage} ${selector} ${matching} ${Buffer.from(data).toString('hex')}`
}

function outcome(kind: RefusedOutcome['kind'], status: string, reply: string): RefusedOutcome {
  return { kind, status, reply, class: 'tls', by: undefined, notBefore: undefined }
}

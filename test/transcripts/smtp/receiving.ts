// What the intakes of the SMTP transcripts are given: a DNS of a few hosts and domains, a greylist, a queue, all other
// servers, and settings by opener.
// 8.8.8.8 has no name; 8.8.4.4 is mail.named.test, and may send for strict.test (DMARC reject); 9.9.9.9 is listed in bl.test; nomail.test has a null MX; of silent.test nobody hears.

import type { Directory } from '#accounts/directory.ts'
import { ReturnPaths } from '#accounts/return-paths.ts'
import { localDelivery } from '#deliver/local.ts'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import type { ManualClock } from '#io/manual-clock.ts'
import type { MemoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openQueue } from '#queue/open.ts'
import type { Queue } from '#queue/queue.ts'
import type { Intake } from '#receive/intake.ts'
import { lmtpIntake } from '#receive/lmtp.ts'
import { localCarrier } from '#receive/local-carrier.ts'
import { MailDomains } from '#receive/mail-domains.ts'
import { mxIntake } from '#receive/mx.ts'
import { defaultPolicy, type ReceivePolicy } from '#receive/policy.ts'
import { openReturns } from '#receive/returns.ts'
import { SenderGuard } from '#receive/sender-guard.ts'
import { submissionIntake } from '#receive/submission.ts'
import type { SmtpKind } from '#smtp/needs.ts'
import type { Store } from '#store/store.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { Greylist } from '#throttle/greylist.ts'
import { senderGuardDefaults, senderLimitDefaults } from '#throttle/limits.ts'
import { RecipientRate } from '#throttle/recipient-rate.ts'
import { Senders } from '#throttle/senders.ts'
import { PeerChecks } from '#verify/peer-checks.ts'
import { threadVerifier, type Verifier } from '#verify/verifier.ts'
import { OtherServers } from '../../support/other-servers.ts'

const unguarded = { senders: undefined, guard: undefined }

const answers: FixedAnswers = {
  pointers: { '8.8.4.4': ['mail.named.test'], '9.9.9.9': ['mail.listed.test'] },
  addresses: {
    'mail.named.test': ['8.8.4.4'],
    'mail.listed.test': ['9.9.9.9'],
    '9.9.9.9.bl.test': ['127.0.0.2'],
  },
  exchangers: { 'nomail.test': [{ host: '', preference: 0 }] },
  texts: {
    '_dmarc.strict.test': ['v=DMARC1; p=reject'],
    '_dmarc.wary.test': ['v=DMARC1; p=quarantine'],
    'strict.test': ['v=spf1 ip4:8.8.4.4 -all'],
    'silent.test': 'unknown',
    'wary.test': ['v=spf1 -all'],
    'open.test': ['v=spf1 -all'],
  },
}

export interface ReceivingParts {
  readonly store: Store
  readonly directory: Directory
  readonly database: Database
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly hostname: string
}

/** What an opener may settle otherwise. */
export interface Settings {
  readonly policy?: Partial<ReceivePolicy>
  /** Peers are asked to wait. */
  readonly isGrey?: boolean
  /** SPF, DKIM and DMARC are looked at. */
  readonly isVerifying?: boolean
  /** As many messages wait to be verified as may. */
  readonly isCongested?: boolean
  readonly recipientsPerHour?: number
  readonly isTrusted?: (address: string) => boolean
  /** What accounts send is counted, and held when it is unusual. */
  readonly isGuarded?: boolean
}

export class Receiving {
  readonly greylist: Greylist
  readonly queue: Queue
  readonly suppressions: Suppressions
  readonly guard: SenderGuard
  readonly senders: Senders
  /** Where everything goes that is for another host. */
  readonly others: OtherServers
  readonly #parts: ReceivingParts
  readonly #returnPaths: ReturnPaths
  readonly #rates = new Map<string, RecipientRate>()
  #verifier: Verifier | undefined

  static async open(owned: AsyncDisposableStack, parts: ReceivingParts): Promise<Receiving> {
    const { store, directory: resolver, database, clock, log, hostname } = parts
    const carrier = localCarrier(localDelivery({ store, clock, log }))
    const random = seededRandom(2)
    const others = new OtherServers()
    const senders = owned.use(
      await Senders.open({ database, clock, log, limits: senderLimitDefaults, guard: senderGuardDefaults }),
    )
    let queue: Queue
    const guard: SenderGuard = new SenderGuard({
      ...{ senders, accounts: resolver, resolver, store, clock, random, log, hostname },
      queue: () => queue,
    })
    owned.defer(() => guard.idle())
    const needs = {
      database,
      store,
      resolver,
      carrier,
      clock,
      random,
      log,
      hostname,
      scheduledBytesPerAccount: 2_000_000,
    }
    queue = owned.use(await openQueue({ ...needs, carriage: others, witness: guard }))
    const receiving = new Receiving(parts, {
      ...{ queue, others, senders, guard },
      greylist: await Greylist.open({ database, clock }),
      suppressions: await Suppressions.open({ database, clock }),
      returnPaths: await ReturnPaths.open({ database, clock, random }),
    })
    owned.defer(() => receiving.#verifier?.[Symbol.asyncDispose]())
    return receiving
  }

  private constructor(
    parts: ReceivingParts,
    opened: {
      readonly queue: Queue
      readonly greylist: Greylist
      readonly suppressions: Suppressions
      readonly others: OtherServers
      readonly senders: Senders
      readonly guard: SenderGuard
      readonly returnPaths: ReturnPaths
    },
  ) {
    this.#parts = parts
    this.queue = opened.queue
    this.greylist = opened.greylist
    this.suppressions = opened.suppressions
    this.others = opened.others
    this.guard = opened.guard
    this.senders = opened.senders
    this.#returnPaths = opened.returnPaths
  }

  intake(kind: SmtpKind, settings: Settings = {}): Intake {
    const { store, directory: resolver, clock, log, hostname } = this.#parts
    const delivery = localDelivery({ store, clock, log })
    const policy = { ...defaultPolicy, ...settings.policy }
    const dns = fixedDns(answers)
    const { greylist, queue, suppressions } = this
    const returnPaths = this.#returnPaths
    const returns = openReturns({ suppressions, returnPaths, log })
    const needs = { resolver, store, hostname, delivery, clock, log, policy, queue, returnPaths, returns }
    const asked = { mailDomains: new MailDomains(dns, clock), recipientRate: this.#rate(kind, settings) }
    if (kind === 'lmtp') return lmtpIntake(needs)
    if (kind === 'submission') {
      const guarded = settings.isGuarded === true ? { senders: this.senders, guard: this.guard } : unguarded
      return submissionIntake({ ...needs, ...asked, ...guarded, suppressions, greylist, verp: true })
    }
    const isTrusted = settings.isTrusted ?? (() => false)
    const peerChecks = new PeerChecks({
      dns,
      clock,
      blocklists: [{ zone: 'bl.test', link: 'https://bl.test/{address}' }],
    })
    const verifier = settings.isVerifying === true ? this.#verifierOf(settings) : undefined
    const greylisting = { greylist: settings.isGrey === true ? greylist : undefined }
    return mxIntake({ ...needs, ...asked, ...greylisting, isTrusted, peerChecks, verifier })
  }

  /** Shared by the connections of one kind with one limit. */
  #rate(kind: SmtpKind, { recipientsPerHour, isTrusted = () => false }: Settings): RecipientRate | undefined {
    if (recipientsPerHour === undefined) return undefined
    const key = `${kind} ${recipientsPerHour}`
    const limits = { perHourPerNetwork: recipientsPerHour, perHourPerAccount: recipientsPerHour }
    const rate = this.#rates.get(key) ?? new RecipientRate({ clock: this.#parts.clock, isTrusted, limits })
    this.#rates.set(key, rate)
    return rate
  }

  #verifierOf({ isCongested }: Settings): Verifier {
    if (isCongested !== true) return this.#startedVerifier()
    const { clock, log, hostname } = this.#parts
    return threadVerifier({ dns: fixedDns(answers), clock, log, hostname, waiting: 0 })
  }

  /** One thread, and only where it is asked. */
  #startedVerifier(): Verifier {
    const { clock, log, hostname } = this.#parts
    this.#verifier ??= threadVerifier({ dns: fixedDns(answers), clock, log, hostname })
    return this.#verifier
  }
}

// Everything that mail passes on its way in: the three intakes, what they ask, and the queue, from which it goes on.

import type { Directory } from '#accounts/directory.ts'
import { ReturnPaths } from '#accounts/return-paths.ts'
import type { Config } from '#config/config.ts'
import { localDelivery } from '#deliver/local.ts'
import type { Database } from '#io/sql/database.ts'
import type { Carriage } from '#queue/carriage.ts'
import { openQueue } from '#queue/open.ts'
import type { Queue, Settled, Witness } from '#queue/queue.ts'
import type { Intake } from '#receive/intake.ts'
import { lmtpIntake } from '#receive/lmtp.ts'
import { localCarrier } from '#receive/local-carrier.ts'
import { MailDomains } from '#receive/mail-domains.ts'
import { mxIntake } from '#receive/mx.ts'
import { openReturns } from '#receive/returns.ts'
import { SenderGuard } from '#receive/sender-guard.ts'
import { submissionIntake } from '#receive/submission.ts'
import type { SmtpKind } from '#smtp/needs.ts'
import type { Store } from '#store/store.ts'
import { OutcomeNotes } from '#suppression/outcome-notes.ts'
import type { Suppressions } from '#suppression/suppressions.ts'
import { Greylist } from '#throttle/greylist.ts'
import { RecipientRate } from '#throttle/recipient-rate.ts'
import { Senders } from '#throttle/senders.ts'
import type { IsTrusted } from '#throttle/trusted.ts'
import { PeerChecks } from '#verify/peer-checks.ts'
import { threadVerifier } from '#verify/verifier.ts'
import type { Outside } from './outside.ts'

export interface MailInNeeds {
  readonly config: Pick<Config, 'hostname' | 'limits' | 'receive' | 'senders' | 'throttles'>
  readonly outside: Outside
  readonly database: Database
  readonly directory: Directory
  readonly store: Store
  readonly suppressions: Suppressions
  /** To other hosts; undefined: what goes there is held. */
  readonly carriage: Carriage | undefined
  /** Who hears of outcomes besides those here. */
  readonly witness?: Witness
  readonly isTrusted: IsTrusted
}

export interface MailIn extends AsyncDisposable {
  readonly intakes: Readonly<Record<SmtpKind, Intake>>
  readonly queue: Queue
  readonly greylist: Greylist
  readonly senders: Senders
}

export async function openMailIn(needs: MailInNeeds): Promise<MailIn> {
  const { config, outside, database, directory: resolver, store, suppressions, carriage, isTrusted } = needs
  const { hostname, limits, receive, throttles } = config
  const { clock, random, log, dns } = outside
  await using undo = new AsyncDisposableStack()
  const delivery = localDelivery({ store, clock, log })
  const senders = undo.use(await openSenders(needs))
  const notes = undo.use(new OutcomeNotes({ suppressions, clock, log }))
  let queue: Queue
  const guard = new SenderGuard({
    ...{ senders, accounts: resolver, resolver, store, clock, random, log, hostname },
    queue: () => queue,
  })
  const witness = {
    settled: (outcome: Settled) => {
      notes.settled(outcome)
      guard.settled(outcome)
      needs.witness?.settled(outcome)
    },
  }
  // Before the queue, so that it is asked after it: what the last outcomes brought about is done while there is still a database.
  undo.defer(() => guard.idle())
  const carrier = localCarrier(delivery)
  queue = undo.use(
    await openQueue({ store, resolver, clock, random, log, hostname, database, carrier, carriage, witness }),
  )
  const returnPaths = await ReturnPaths.open({ database, clock, random })
  const greylist = await Greylist.open({ database, clock, limits: receive.greylist })
  const verifier = receive.authenticate ? undo.use(threadVerifier({ dns, clock, log, hostname })) : undefined
  const common = {
    ...{ resolver, store, hostname, delivery, clock, log, queue, returnPaths },
    policy: { ...receive, quotaGraceMs: limits.quotaGraceMs },
    mailDomains: new MailDomains(dns, clock),
    recipientRate: new RecipientRate({ clock, isTrusted, limits: throttles.recipients }),
    returns: openReturns({ suppressions, returnPaths, log }),
  }
  const asked = receive.greylist.enabled ? greylist : undefined
  const peerChecks = new PeerChecks({ dns, clock, blocklists: receive.blocklists })
  const { verp } = config.senders
  const intakes = {
    mx: mxIntake({ ...common, isTrusted, peerChecks, verifier, greylist: asked }),
    submission: submissionIntake({ ...common, verp, suppressions, senders, guard, greylist: asked }),
    lmtp: lmtpIntake(common),
  }
  const owned = undo.move()
  return { intakes, queue, greylist, senders, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function openSenders({ config, outside: { clock, log }, database }: MailInNeeds): Promise<Senders> {
  const { limits, guard } = config.senders
  const asked = { limits: limits.enabled ? limits : undefined, guard: guard.enabled ? guard : undefined }
  return Senders.open({ database, clock, log, ...asked })
}

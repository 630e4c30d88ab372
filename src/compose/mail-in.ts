// Everything that mail passes on its way in: the three intakes, what they ask, and the queue in which messages wait for their time.

import type { Directory } from '#accounts/directory.ts'
import type { Config } from '#config/config.ts'
import { localDelivery } from '#deliver/local.ts'
import type { Database } from '#io/sql/database.ts'
import { openQueue } from '#queue/open.ts'
import type { Queue } from '#queue/queue.ts'
import { Reporter } from '#queue/reports.ts'
import type { Intake } from '#receive/intake.ts'
import { lmtpIntake } from '#receive/lmtp.ts'
import { localCarrier } from '#receive/local-carrier.ts'
import { MailDomains } from '#receive/mail-domains.ts'
import { mxIntake } from '#receive/mx.ts'
import { submissionIntake } from '#receive/submission.ts'
import type { SmtpKind } from '#smtp/needs.ts'
import type { Store } from '#store/store.ts'
import { Greylist } from '#throttle/greylist.ts'
import { RecipientRate } from '#throttle/recipient-rate.ts'
import type { IsTrusted } from '#throttle/trusted.ts'
import { PeerChecks } from '#verify/peer-checks.ts'
import { threadVerifier } from '#verify/verifier.ts'
import type { Outside } from './outside.ts'

export interface MailInNeeds {
  readonly config: Pick<Config, 'hostname' | 'limits' | 'receive' | 'throttles'>
  readonly outside: Outside
  readonly database: Database
  readonly directory: Directory
  readonly store: Store
  readonly isTrusted: IsTrusted
}

export interface MailIn extends AsyncDisposable {
  readonly intakes: Readonly<Record<SmtpKind, Intake>>
  readonly queue: Queue
  readonly greylist: Greylist
}

export async function openMailIn(needs: MailInNeeds): Promise<MailIn> {
  const { config, outside, database, directory: resolver, store, isTrusted } = needs
  const { hostname, limits, receive, throttles } = config
  const { clock, random, log, dns } = outside
  await using undo = new AsyncDisposableStack()
  const delivery = localDelivery({ store, clock, log })
  const reporting = { store, resolver, clock, random, log, hostname }
  const carrier = localCarrier(delivery)
  const queue = undo.use(await openQueue({ ...reporting, database, carrier }))
  const greylist = await Greylist.open({ database, clock, limits: receive.greylist })
  const verifier = receive.authenticate ? undo.use(threadVerifier({ dns, clock, log, hostname })) : undefined
  const common = {
    resolver,
    store,
    hostname,
    delivery,
    clock,
    log,
    policy: { ...receive, quotaGraceMs: limits.quotaGraceMs },
    mailDomains: new MailDomains(dns, clock),
    recipientRate: new RecipientRate({ clock, isTrusted, limits: throttles.recipients }),
  }
  const asked = receive.greylist.enabled ? greylist : undefined
  const peerChecks = new PeerChecks({ dns, clock, blocklists: receive.blocklists })
  const intakes = {
    mx: mxIntake({ ...common, isTrusted, peerChecks, verifier, greylist: asked }),
    submission: submissionIntake({ ...common, queue, reports: new Reporter(reporting), greylist: asked }),
    lmtp: lmtpIntake(common),
  }
  const owned = undo.move()
  return { intakes, queue, greylist, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

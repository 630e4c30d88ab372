// Everything that mail passes on its way to other hosts: names, policies, the carriage, and the daily reports about TLS.

import type { Resolver } from '#accounts/account.ts'
import type { Config } from '#config/config.ts'
import type { Database } from '#io/sql/database.ts'
import { parseAddress } from '#mail/address.ts'
import type { NewRecipient, Queue } from '#queue/queue.ts'
import { type Carriage, openCarriage } from '#send/carriage.ts'
import { readCredentials } from '#send/credentials.ts'
import { type NoTargets, type Targets, targetsOf } from '#send/targets.ts'
import { TlsPolicy } from '#send/tls-policy.ts'
import { TlsReports } from '#send/tls-reports.ts'
import { TlsResults } from '#send/tls-results.ts'
import type { Store } from '#store/store.ts'
import { MtaSts } from '#verify/mta-sts.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import type { Outside } from './outside.ts'
import { OwnHosts, ownIpv6 } from './own-hosts.ts'

export interface MailOutNeeds {
  readonly config: Pick<Config, 'hostname' | 'listeners' | 'send'>
  readonly outside: Outside
  readonly database: Database
}

export interface MailOut extends AsyncDisposable {
  /** Of the queue. */
  readonly carriage: Carriage
  /** What probes ask besides. */
  readonly tlsPolicy: TlsPolicy
  targetsOf(domain: string, port: number): Promise<Targets | NoTargets>
  /** Begins to hand in the daily reports (RFC 8460). To be disposed of before the queue. */
  report(through: ReportsNeeds): AsyncDisposable
}

export interface ReportsNeeds {
  readonly queue: Pick<Queue, 'accept'>
  readonly store: Pick<Store, 'spool'>
  /** A domain elsewhere may want its reports at an address of ours. */
  readonly resolver: Pick<Resolver, 'resolve'>
}

/** Rejects with PasswordFileError when a smarthost's password cannot be read. */
export async function openMailOut({ config, outside, database }: MailOutNeeds): Promise<MailOut> {
  const { clock, random, log, dns, dialer, http } = outside
  const { hostname, send: settings } = config
  await using undo = new AsyncDisposableStack()
  const credentials = await readCredentials(settings)
  const results = undo.use(await TlsResults.open({ database, clock, log }))
  const sts = undo.use(await MtaSts.open({ database, dns, http, clock, log }))
  const tlsPolicy = new TlsPolicy({ dns, sts })
  const own = new OwnHosts(config)
  const targets = (domain: string, port: number) => targetsOf({ dns, random, isOurs: own.on(port) }, domain)
  const carriage = undo.use(
    await openCarriage({
      ...{ settings, hostname, database, dns, tlsPolicy, credentials, clock, log },
      peers: { dialer, clock, random },
      targetsOf: targets,
      noteTls: (policy, noted) => {
        if (settings.tlsReports.enabled) results.note(policy, noted)
      },
      ownIpv6: ownIpv6(),
    }),
  )
  const reporting = { database, results, dns, http, clock, random, log, hostname }
  const owned = undo.move()
  return {
    carriage,
    tlsPolicy,
    targetsOf: targets,
    report: through =>
      new TlsReports({
        ...reporting,
        organization: settings.tlsReports.organization ?? hostname,
        contact: settings.tlsReports.contact ?? `postmaster@${hostname}`,
        send: message => handIn(through, { ...message, messageId: Buffer.from(random.bytes(12)).toString('hex') }),
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

interface Report {
  readonly messageId: string
  readonly to: string
  readonly content: Uint8Array
}

/** True once the queue has it. */
async function handIn({ queue, store, resolver }: ReportsNeeds, { messageId, to, content }: Report): Promise<boolean> {
  await using writer = store.spool.open()
  await writer.write(content)
  await using spooled = await writer.finish()
  const refusal = await queue.accept({
    messageId,
    accountId: 0,
    origin: 'report',
    sender: '',
    returnPath: '',
    parameters: noMailParameters,
    recipients: [await recipientOf(resolver, to)],
    fields: '',
    spooled,
    releaseAt: undefined,
    heldFor: undefined,
  })
  return refusal === undefined
}

async function recipientOf(resolver: ReportsNeeds['resolver'], address: string): Promise<NewRecipient> {
  const { localPart, domain } = parseAddress(address) ?? { localPart: address, domain: undefined }
  const found = await resolver.resolve(localPart, domain)
  const elsewhere = { address, parameters: noRecipientParameters }
  if (found.kind !== 'account') return elsewhere
  return { ...elsewhere, local: { accountId: found.account.accountId, detail: found.detail } }
}

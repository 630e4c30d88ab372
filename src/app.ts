// The composition root: builds the whole server from top to bottom, once, and takes it down in the opposite order.
// Nothing below receives the application or the whole configuration; each constructor shows what it needs.

import { mkdir } from 'node:fs/promises'
import type { Authenticator } from '#accounts/account.ts'
import { Directory } from '#accounts/directory.ts'
import { authenticator } from '#accounts/login.ts'
import type { Config, ListenerConfig, ListenerProtocol } from '#config/config.ts'
import { controlSocketPath, databasePath, tlsFolder } from '#config/paths.ts'
import { version } from '#config/version.ts'
import type { Administration, Status } from '#control/administration.ts'
import { directAdministration } from '#control/direct.ts'
import { FolderInUseError } from '#control/folder-in-use-error.ts'
import { serveControl } from '#control/server.ts'
import { localDelivery } from '#deliver/local.ts'
import { imapSession } from '#imap/session.ts'
import { type Clock, systemClock } from '#io/clock.ts'
import { type Dns, systemDns } from '#io/dns.ts'
import { jsonLog } from '#io/json-log.ts'
import type { Log } from '#io/log.ts'
import { type Random, systemRandom } from '#io/random.ts'
import { lockFolder } from '#io/sql/folder-lock.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { pop3Session } from '#pop3/session.ts'
import { mxIntake } from '#receive/mx.ts'
import { PeerNames } from '#receive/peer-names.ts'
import { submissionIntake } from '#receive/submission.ts'
import { type Listener, listen } from '#serve/listener.ts'
import type { RunSession } from '#serve/session.ts'
import { smtpSession } from '#smtp/session.ts'
import { checkStore } from '#store/check.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { Connections } from '#throttle/connections.ts'
import { LoginBackoff } from '#throttle/login-backoff.ts'
import { trustedNetworks } from '#throttle/trusted.ts'
import { ownCertificate } from '#tls/authority.ts'
import { type CertificateFiles, loadContexts } from '#tls/contexts.ts'
import { Renewal } from '#tls/renewal.ts'

/** The doors to the outside, replaced together in tests. Files and sockets are the machine's own. */
export interface Outside {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly dns: Dns
}

export interface App extends AsyncDisposable {
  readonly listeners: readonly ListenerConfig[]
  readonly administration: Administration
  /** The authority that clients are to trust, when it is the installation's own. */
  readonly caPath: string | undefined
}

/** How long sessions have to come to an end before they are cut. */
const drainMs = 3_000

/** One question to DNS with its second try. */
const dnsTimeoutMs = 2_000

/** Starts everything; settles when every port accepts. What was begun is undone if any of it fails. */
export async function startApp(config: Config, outside: Outside = realOutside(config)): Promise<App> {
  const { clock, random, log } = outside
  await using undo = new AsyncDisposableStack()
  await mkdir(config.data, { recursive: true, mode: 0o700 })
  undo.use(lockFolder(config.data) ?? inUse(config.data))

  const database = undo.use(await openSqlite({ path: databasePath(config.data), log }))
  const directory = await Directory.open({ database, clock, random })
  const freeBytesThreshold = config.limits.freeBytes
  const store = undo.use(await openStore({ database, folder: config.data, clock, random, log, freeBytesThreshold }))

  const isTrusted = trustedNetworks(config.throttles.trustedNetworks)
  const throttle = new Connections({ clock, isTrusted, limits: config.throttles.connections })
  const backoff = new LoginBackoff({ clock, log, isTrusted, limits: config.throttles.login })
  const login = authenticator({ directory, backoff, clock, random, log })
  const { caPath, ...tls } = await certificates(config, outside)
  const contexts = await loadContexts(tls.files)
  undo.use(new Renewal({ ...tls, contexts, clock, log }))

  const sessions = protocols({ config, outside, directory, store, login })
  const listeners: Listener[] = []
  undo.defer(async () => void (await Promise.all(listeners.map(listener => listener.drain(drainMs)))))
  const started: ListenerConfig[] = []
  for (const one of config.listeners) {
    // Microsoft's senders stumble over the resumption of TLS sessions.
    const shown = contexts.serverTls({ tickets: one.protocol !== 'mx' })
    const { run, refuse } = sessions[one.protocol]
    const listener = await listen({ ...one, contexts: shown, run, refuse, throttle, log, clock })
    listeners.push(listener)
    started.push({ ...one, host: listener.address, port: listener.port })
  }

  const check = () => checkStore(database, config.data)
  const status = statusOf(started, clock)
  const administration = directAdministration({ directory, store, check, status })
  undo.use(await serveControl({ path: controlSocketPath(config.data), administration, log }))
  const owned = undo.move()
  return {
    listeners: started,
    administration,
    caPath,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  }
}

function realOutside(config: Config): Outside {
  const { address: server, port } = config.dns ?? {}
  const dns = systemDns({ server, port, timeoutMs: dnsTimeoutMs })
  return { clock: systemClock, random: systemRandom, log: jsonLog(config.log.level), dns }
}

function inUse(folder: string): never {
  throw new FolderInUseError(folder)
}

interface Protocol {
  readonly run: RunSession
  readonly refuse: (reason: string) => string
}

interface ProtocolNeeds {
  readonly config: Config
  readonly outside: Outside
  readonly directory: Directory
  readonly store: Store
  readonly login: Authenticator
}

/** What runs on a connection of each kind. */
function protocols(needs: ProtocolNeeds): Readonly<Record<ListenerProtocol, Protocol>> {
  const { config, outside, directory, store } = needs
  const { hostname, limits } = config
  const { log, clock, random, dns } = outside
  const { spool } = store
  const authenticator = needs.login
  const delivery = localDelivery({ store, clock, log })
  const peerNames = new PeerNames(dns, clock)
  const intake = { resolver: directory, store, hostname, delivery, clock, peerNames }
  const smtp = {
    spool,
    log,
    clock,
    random,
    hostname,
    limits: { messageBytes: limits.messageBytes, recipients: limits.recipients },
  }
  const refuse = (reason: string) => `421 4.7.0 ${reason}\r\n`
  return {
    mx: {
      run: smtpSession({
        ...smtp,
        kind: 'mx',
        intake: mxIntake(intake),
        authenticator: undefined,
        accounts: undefined,
      }),
      refuse,
    },
    submission: {
      run: smtpSession({
        ...smtp,
        kind: 'submission',
        intake: submissionIntake(intake),
        authenticator,
        accounts: directory,
      }),
      refuse,
    },
    imap: {
      run: imapSession({
        store,
        authenticator,
        accounts: directory,
        log,
        clock,
        hostname,
        maxMessageBytes: limits.messageBytes,
      }),
      refuse: reason => `* BYE [UNAVAILABLE] ${reason}\r\n`,
    },
    pop3: {
      run: pop3Session({ store, authenticator, accounts: directory, log, clock, hostname }),
      refuse: reason => `-ERR [SYS/TEMP] ${reason}\r\n`,
    },
  }
}

interface Certificates {
  readonly files: readonly CertificateFiles[]
  readonly caPath: string | undefined
  readonly renew?: () => Promise<unknown>
}

/** The certificates to show: the configuration's files, or those of the installation's own authority. */
async function certificates({ data, hostname, tls }: Config, { clock, random }: Outside): Promise<Certificates> {
  if (tls.kind === 'files') return { files: tls.certificates, caPath: undefined }
  const renew = () => ownCertificate({ folder: tlsFolder(data), hostname, names: tls.names, clock, random })
  const own = await renew()
  return { files: [own], caPath: own.caPath, renew }
}

function statusOf(listeners: readonly ListenerConfig[], clock: Clock): () => Status {
  const startedMs = clock.monotonicMs()
  return () => ({
    version,
    processId: process.pid,
    uptimeSeconds: Math.round((clock.monotonicMs() - startedMs) / 1000),
    listeners: listeners.map(({ name, host, port, tls }) => ({ name, address: host, port, tls })),
  })
}

// The composition root: builds the whole server from top to bottom, once, and takes it down in the opposite order.
// Nothing below receives the application or the whole configuration; each constructor shows what it needs.

import { mkdir } from 'node:fs/promises'
import { Directory } from '#accounts/directory.ts'
import { authenticator as openAuthenticator } from '#accounts/login.ts'
import { saslSettings } from '#accounts/sasl/settings.ts'
import { certificates } from '#compose/certificates.ts'
import { connectionsToHold } from '#compose/connections.ts'
import { openMailIn } from '#compose/mail-in.ts'
import { openMailOut } from '#compose/mail-out.ts'
import { type Outside, realOutside } from '#compose/outside.ts'
import { protocolOf } from '#compose/protocols.ts'
import type { Config } from '#config/config.ts'
import { controlSocketPath, databasePath } from '#config/paths.ts'
import { version } from '#config/version.ts'
import type { Administration, Status } from '#control/administration.ts'
import { directAdministration } from '#control/direct.ts'
import { FolderInUseError } from '#control/folder-in-use-error.ts'
import { probeVerbs } from '#control/probe-verbs.ts'
import { testVerbs } from '#control/send-test.ts'
import { serveControl } from '#control/server.ts'
import { TestMail } from '#control/test-mail.ts'
import { Imports } from '#import/imports.ts'
import type { Clock } from '#io/clock.ts'
import { lockFolder } from '#io/sql/folder-lock.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { LoginDelay } from '#pop3/login-delay.ts'
import { checkQueue } from '#queue/check.ts'
import { openRetrieval } from '#retrieval/open.ts'
import { limits as serveLimits } from '#serve/limits.ts'
import { type Listener, listen } from '#serve/listener.ts'
import { checkStore } from '#store/check.ts'
import { openStore } from '#store/open.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { Connections } from '#throttle/connections.ts'
import { LoginBackoff } from '#throttle/login-backoff.ts'
import { trustedNetworks } from '#throttle/trusted.ts'
import { loadContexts } from '#tls/contexts.ts'
import { Renewal } from '#tls/renewal.ts'

export interface App extends AsyncDisposable {
  readonly listeners: readonly Listener[]
  readonly administration: Administration
  /** The authority that clients are to trust, when it is the installation's own. */
  readonly caPath: string | undefined
}

/** How long sessions have to come to an end before they are cut. */
const drainMs = 3_000

/** Starts everything; settles when every port accepts. What was begun is undone if any of it fails. */
export async function startApp(config: Config, outside: Outside = realOutside(config)): Promise<App> {
  const { clock, random, log } = outside
  await using undo = new AsyncDisposableStack()
  await mkdir(config.data, { recursive: true, mode: 0o700 })
  undo.use(lockFolder(config.data) ?? inUse(config.data))

  const database = undo.use(await openSqlite({ path: databasePath(config.data), log }))
  const directory = await Directory.open({ database, clock, random, scramSha1: config.auth.scramSha1 })
  const { freeBytes: freeBytesThreshold, undeleteMs: keepExpungedMs } = config.limits
  const storage = { database, folder: config.data, freeBytesThreshold, keepExpungedMs }
  const store = undo.use(await openStore({ ...storage, clock, random, log }))

  const { hostname, language, pop3 } = config
  const reading = { hostname, accounts: directory, config: { ...pop3, language } }
  const retrieval = undo.use(await openRetrieval({ ...reading, database, store, clock, random, log }))

  const isTrusted = trustedNetworks(config.throttles.trustedNetworks)
  const backoff = new LoginBackoff({ clock, log, isTrusted, limits: config.throttles.login })
  const sasl = await saslSettings(config.auth, { clock, log })
  const authenticator = openAuthenticator({ directory, backoff, clock, random, log, sasl })
  const { caPath, ...tls } = await certificates(config, outside)
  const contexts = await loadContexts(tls.files, config.auth.clientCertificates.authorities)
  undo.use(new Renewal({ ...tls, contexts, clock, log }))
  const suppressions = await Suppressions.open({ database, clock })
  const storing = { database, directory, store, suppressions }
  const mailOut = undo.use(await openMailOut({ config, outside, database }))
  const tests = new TestMail(clock)
  const sending = { carriage: tests.watching(mailOut.carriage), witness: tests }
  const mailIn = undo.use(await openMailIn({ config, outside, ...storing, ...sending, isTrusted }))
  undo.use(mailOut.report({ queue: mailIn.queue, store, resolver: directory }))

  const { connections, refusalsAtOnce } = connectionsToHold(config, log)
  const throttle = new Connections({ clock, isTrusted, limits: connections })
  const limits = { ...serveLimits, refusalsAtOnce }
  const loginDelay = new LoginDelay(pop3.loginDelayMs, clock)
  const sessions = { config, outside, directory, store, retrieval, authenticator, mailIn, loginDelay }
  const listeners: Listener[] = []
  undo.defer(async () => void (await Promise.all(listeners.map(listener => listener.drain(drainMs)))))
  for (const one of config.listeners) {
    const { name, tls, place } = one
    // Microsoft's senders stumble over the resumption of TLS sessions.
    const shown = contexts.serverTls({ tickets: one.protocol !== 'mx', asksForCertificate: one.protocol !== 'mx' })
    const proxyFrom = trustedNetworks(one.proxyFrom)
    const protocol = protocolOf(one, sessions)
    listeners.push(
      await listen({ name, tls, place, proxyFrom, contexts: shown, ...protocol, throttle, log, clock, limits }),
    )
  }

  async function* check() {
    yield* checkStore(database, config.data)
    yield* checkQueue(database)
  }
  const { greylist, queue, senders } = mailIn
  const imports = undo.use(await Imports.open({ database, store, clock }))
  const status = statusOf(listeners, clock)
  const ending = new AbortController()
  const probes = probeVerbs({ ...outside, ...mailOut, hostname, settings: config.send, signal: ending.signal })
  const testMail = testVerbs({ ...storing, queue, tests, clock, random, hostname })
  const desk = { greylist, queue, suppressions, senders, probes, tests: testMail, imports }
  const administration = directAdministration({ directory, store, retrieval, ...desk, check, status })
  undo.use(await serveControl({ path: controlSocketPath(config.data), administration, log }))
  // Who waits at the control socket for news of the world does not hold up the end.
  undo.use(tests)
  undo.defer(() => ending.abort())
  const owned = undo.move()
  return {
    listeners,
    administration,
    caPath,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  }
}

function inUse(folder: string): never {
  throw new FolderInUseError(folder)
}

function statusOf(listeners: readonly Listener[], clock: Clock): () => Status {
  const startedMs = clock.monotonicMs()
  return () => ({
    version,
    processId: process.pid,
    uptimeSeconds: Math.round((clock.monotonicMs() - startedMs) / 1000),
    listeners: listeners.map(({ name, address, port, tls }) => ({ name, address, port, tls })),
  })
}

// An installation opened by the command line itself, while no server runs.

import { mkdir } from 'node:fs/promises'
import { Directory } from '#accounts/directory.ts'
import type { Config } from '#config/config.ts'
import { defaultLanguage, defaultLimits, defaultPop3 } from '#config/defaults.ts'
import { databasePath } from '#config/paths.ts'
import type { Administration } from '#control/administration.ts'
import { directAdministration } from '#control/direct.ts'
import { FolderInUseError } from '#control/folder-in-use-error.ts'
import { Imports } from '#import/imports.ts'
import { systemClock } from '#io/clock.ts'
import { jsonLog } from '#io/json-log.ts'
import { systemRandom } from '#io/random.ts'
import { lockFolder } from '#io/sql/folder-lock.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { checkQueue } from '#queue/check.ts'
import { openRetrieval } from '#retrieval/open.ts'
import { checkStore } from '#store/check.ts'
import { openStore } from '#store/open.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { Greylist } from '#throttle/greylist.ts'
import { Senders } from '#throttle/senders.ts'
import { CommandError, exitCode } from './exit.ts'
import { offlineProbes, offlineTests } from './offline-outbound.ts'
import { offlineQueue } from './offline-queue.ts'

/** Where only the folder is known. */
const unconfigured = { hostname: 'localhost', language: defaultLanguage, pop3: defaultPop3 }

export interface Offline extends AsyncDisposable {
  readonly administration: Administration
}

/** Makes the folder if it is not there. Throws FolderInUseError while another process has it. `config`: undefined where only the folder is known. */
export async function openOffline(data: string, config: Config | undefined): Promise<Offline> {
  await using undo = new AsyncDisposableStack()
  await mkdir(data, { recursive: true, mode: 0o700 })
  const lock = lockFolder(data)
  if (lock === undefined) throw new FolderInUseError(data)
  undo.use(lock)
  const clock = systemClock
  const random = systemRandom
  const log = jsonLog('error')
  const database = undo.use(await openSqlite({ path: databasePath(data), log }))
  const directory = await Directory.open({ database, clock, random, scramSha1: config?.auth.scramSha1 === true })
  const keepExpungedMs = (config?.limits ?? defaultLimits).undeleteMs
  const store = undo.use(await openStore({ database, folder: data, clock, random, log, keepExpungedMs }))
  const greylist = await Greylist.open({ database, clock, limits: config?.receive.greylist ?? {} })
  const { hostname, language, pop3 } = config ?? unconfigured
  const queue = await offlineQueue({ database, store, clock, log, hostname })
  const reading = { hostname, accounts: directory, config: { ...pop3, language, notices: false } }
  const retrieval = undo.use(await openRetrieval({ ...reading, database, store, clock, random, log }))
  const suppressions = await Suppressions.open({ database, clock })
  const senders = undo.use(await Senders.open({ database, clock, log, ...sendersOf(config) }))
  const imports = undo.use(await Imports.open({ database, store, clock }))
  async function* check() {
    yield* checkStore(database, data)
    yield* checkQueue(database)
  }
  const asked = undo.use(new AsyncDisposableStack())
  const probes = offlineProbes({ database, config, hostname, clock, random, log }, asked)
  const desk = { greylist, queue, tests: offlineTests, probes, suppressions, senders, imports }
  const administration = directAdministration({ directory, store, retrieval, ...desk, check, status })
  const owned = undo.move()
  return { administration, [Symbol.asyncDispose]: async () => await owned.disposeAsync() }
}

/** Nothing is sent here: the limits are shown, and nobody is held. */
function sendersOf(config: Config | undefined) {
  return { limits: config?.senders.limits.enabled === true ? config.senders.limits : undefined, guard: undefined }
}

function status(): never {
  throw new CommandError(exitCode.notRunning, 'the server does not run', 'posthouse serve')
}

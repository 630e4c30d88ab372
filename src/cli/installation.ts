// Which installation a command means, and its administration: through the running server's socket, else directly, under the folder's lock.

import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '#config/config.ts'
import { controlSocketPath, databasePath } from '#config/paths.ts'
import type { Administration } from '#control/administration.ts'
import { connectAdministration } from '#control/client.ts'
import type { Call } from './command.ts'
import { CommandError, exitCode } from './exit.ts'

const configFiles = ['ts', 'js', 'json', 'yaml', 'yml'].map(ending => `posthouse.config.${ending}`)

/** The configuration file that is meant: --config, else the one in the working folder. */
export function configFile({ options, terminal }: Call): string | undefined {
  return options.text('config') ?? configFiles.find(name => existsSync(join(terminal.folder, name)))
}

/** The data folder that is meant, absolute. */
export async function dataFolder(call: Call): Promise<string> {
  return (await installationOf(call)).data
}

interface Installation {
  /** The data folder, absolute. */
  readonly data: string
  /** Undefined when the data folder alone was named. */
  readonly config: Config | undefined
}

async function installationOf(call: Call): Promise<Installation> {
  const { options, terminal } = call
  const data = options.text('data')
  if (data !== undefined && options.text('config') !== undefined)
    throw new CommandError(exitCode.usage, '--data and --config are both given', 'give one of them')
  if (data !== undefined) return { data: resolve(terminal.folder, data), config: undefined }
  const file = configFile(call)
  if (file === undefined)
    throw new CommandError(
      exitCode.usage,
      'which installation is meant? There is no posthouse.config.ts here',
      'add --data DIR or --config FILE',
    )
  const { loadConfig } = await import('#config/load.ts')
  const config = await loadConfig(resolve(terminal.folder, file), file)
  return { data: config.data, config }
}

export interface Opening {
  /** Make the installation if there is none yet. */
  readonly create?: true
}

/** Gives `work` the installation's administration, whether its server runs or not. */
export async function administer<T>(
  call: Call,
  work: (administration: Administration) => Promise<T>,
  opening: Opening = {},
): Promise<T> {
  const { data, config } = await installationOf(call)
  const remote = await connectAdministration(controlSocketPath(data))
  if (remote !== undefined) {
    await using running = remote
    return await work(running)
  }
  if (opening.create !== true) mustBeThere(data)
  await mustBeOwn(data)
  const { openOffline } = await import('./offline.ts')
  await using offline = await openOffline(data, config)
  return await work(offline.administration)
}

function mustBeThere(data: string): void {
  if (existsSync(databasePath(data))) return
  throw new CommandError(
    exitCode.configuration,
    `there is no installation in ${data}`,
    'posthouse domain add NAME makes one there; or name another with --data or --config',
  )
}

/** Files that another user (root) makes in a data folder would lock its owner's server out. */
export async function mustBeOwn(data: string): Promise<void> {
  const found = await stat(data).catch(() => undefined)
  const user = process.getuid?.()
  if (found === undefined || user === undefined || found.uid === user) return
  throw new CommandError(
    exitCode.notAllowed,
    `${data} belongs to the user with the number ${found.uid}`,
    `run it as that user: sudo -u '#${found.uid}' ...`,
  )
}

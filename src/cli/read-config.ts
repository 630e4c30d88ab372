// The configuration file that a command means, loaded.

import { resolve } from 'node:path'
import type { Config } from '#config/config.ts'
import type { Call } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { configFile } from './installation.ts'

export interface ReadConfig {
  /** As it was given. */
  readonly file: string
  readonly config: Config
}

/** Throws ConfigError, or CommandError when no file is meant. With --data that is the data folder instead of the file's. */
export async function readConfig(call: Call): Promise<ReadConfig> {
  const file = configFile(call)
  if (file === undefined)
    throw new CommandError(
      exitCode.configuration,
      'there is no configuration: no --config FILE, and no posthouse.config.ts here',
      'write one, or try things first with: posthouse dev',
    )
  const { loadConfig } = await import('#config/load.ts')
  const loaded = await loadConfig(resolve(call.terminal.folder, file), file)
  const data = call.options.text('data')
  return { file, config: data === undefined ? loaded : { ...loaded, data: resolve(call.terminal.folder, data) } }
}

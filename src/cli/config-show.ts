// posthouse config show

import { asFile, printConfig } from '#config/show.ts'
import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { readConfig } from './read-config.ts'

export const command: Command = {
  name: 'config show',
  summary: 'print the configuration that is in force, with every default',
  positionals: [],
  options: {},
  details: 'What it prints is YAML, and could itself be a configuration file. It holds no secrets.',
  examples: ['posthouse config show --config posthouse.config.ts'],
  async run(call) {
    const { config } = await readConfig(call)
    const json = call.options.flag('json')
    call.terminal.out(json ? JSON.stringify(asFile(config)) : (await printConfig(config)).trimEnd())
    return exitCode.ok
  },
}

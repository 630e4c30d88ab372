// posthouse serve

import { mkdir } from 'node:fs/promises'
import { startApp } from '#app.ts'
import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { mustBeOwn } from './installation.ts'
import { readConfig } from './read-config.ts'
import { stopInTime } from './stop-in-time.ts'

export const command: Command = {
  name: 'serve',
  summary: 'the server, from a configuration file, until it is told to stop',
  positionals: [],
  options: {},
  details: [
    'Without --config the posthouse.config.ts (.js, .json, .yaml) of the working folder is meant.',
    'Prints "ready" when it takes connections; its log goes to stderr, one JSON object a line. SIGTERM stops it.',
  ].join('\n'),
  examples: ['posthouse serve --config posthouse.config.ts'],
  async run(call) {
    const { config } = await readConfig(call)
    await mustBeOwn(config.data)
    const stopped = call.terminal.stopped()
    await mkdir(config.data, { recursive: true, mode: 0o700 })
    const app = await startApp(config)
    call.terminal.out(call.options.flag('json') ? JSON.stringify({ kind: 'ready' }) : 'ready')
    await stopped
    await stopInTime(app)
    return exitCode.ok
  },
}

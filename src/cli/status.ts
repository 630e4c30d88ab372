// posthouse status

import { controlSocketPath } from '#config/paths.ts'
import type { Status } from '#control/administration.ts'
import { connectAdministration } from '#control/client.ts'
import type { Command } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { dataFolder } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { columns } from './table.ts'

export const command: Command = {
  name: 'status',
  summary: 'whether the server runs, and where it listens',
  positionals: [],
  options: {},
  details: 'The exit code is 69 when it does not run.',
  examples: ['posthouse status --data ./mail'],
  async run(call) {
    const data = await dataFolder(call)
    const remote = await connectAdministration(controlSocketPath(data))
    if (remote === undefined)
      throw new CommandError(exitCode.notRunning, `no server runs on ${data}`, 'posthouse serve')
    await using running = remote
    const status = valueFrom(await running.status({}))
    printOne(call, status, lines(status))
    return exitCode.ok
  },
}

/** A unix socket has none. */
function portOf(port: number): string {
  return port === 0 ? '' : String(port)
}

function lines({ version, processId, uptimeSeconds, listeners }: Status): readonly string[] {
  const rows = listeners.map(({ name, address, port, tls }) => [`  ${name}`, address, portOf(port), tls])
  return [`Posthouse ${version} runs as process ${processId} for ${uptimeSeconds} s`, ...columns(rows, [2])]
}

// posthouse check

import type { Finding } from '#control/administration.ts'
import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'

export const command: Command = {
  name: 'check',
  summary: 'look through the whole store for damage',
  positionals: [],
  options: {},
  details:
    'Changes nothing. Prints one line for each finding; with an error among them the exit code is 65.\nWarnings are leftovers that harm nobody.',
  examples: ['posthouse check --data ./mail'],
  async run(call) {
    const { findings, more } = valueFrom(await administer(call, administration => administration.check({})))
    const json = call.options.flag('json')
    for (const finding of findings) call.terminal.out(json ? JSON.stringify(finding) : printFinding(finding))
    if (more) call.terminal.err('there is more; these are the first')
    if (findings.some(({ severity }) => severity === 'error')) return exitCode.badData
    if (findings.length === 0) call.terminal.err('all is well')
    return exitCode.ok
  },
}

function printFinding({ severity, what, accountId, detail }: Finding): string {
  const where = accountId === null ? '' : ` in the account with the id ${accountId}`
  return `${severity}: ${what}${where}: ${detail}`
}

// posthouse alias remove

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'alias remove',
  summary: 'remove an alias; the account and its mail stay',
  positionals: ['ALIAS'],
  options: {},
  examples: ['posthouse alias remove sales@example.com --data ./mail'],
  async run(call) {
    const alias = positional(call, 0)
    const removed = valueFrom(await administer(call, administration => administration.removeAlias({ alias })))
    printOne(call, removed, [`${removed.alias} removed`])
    return exitCode.ok
  },
}

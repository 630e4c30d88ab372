// posthouse alias list

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printList } from './print.ts'

export const command: Command = {
  name: 'alias list',
  summary: 'list the aliases of all domains, or of one',
  positionals: ['[DOMAIN]'],
  options: {},
  examples: ['posthouse alias list --data ./mail'],
  async run(call) {
    const domain = positional(call, 0)
    const which = domain === '' ? {} : { domain }
    await administer(call, administration =>
      printList(call, page => administration.listAliases({ ...page, ...which }), {
        head: ['alias', 'leads to'],
        row: ({ alias, targets }) => [alias, targets.join(', ')],
      }),
    )
    return exitCode.ok
  },
}

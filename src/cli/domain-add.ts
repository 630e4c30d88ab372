// posthouse domain add

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'domain add',
  summary: 'take mail for a domain',
  positionals: ['DOMAIN'],
  options: {},
  details: 'Makes the installation if the data folder is not there yet.',
  examples: ['posthouse domain add example.com --data ./mail'],
  async run(call) {
    const domain = positional(call, 0)
    const added = valueFrom(
      await administer(call, administration => administration.addDomain({ domain }), { create: true }),
    )
    printOne(call, added, [`${added.name} added`])
    return exitCode.ok
  },
}

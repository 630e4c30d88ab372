// posthouse alias add

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'alias add',
  summary: 'one more address for an account, or for several addresses',
  positionals: ['ALIAS', 'TARGET ...'],
  options: {},
  details:
    'ALIAS is an address, or @DOMAIN for all addresses there that have no other owner (catch-all).\nEach TARGET is the address of an account, another alias, or an address of another server: mail goes on to it from here.',
  examples: [
    'posthouse alias add sales@example.com alice@example.com --data ./mail',
    'posthouse alias add team@example.com alice@example.com bob@example.com carol@example.org --data ./mail',
    'posthouse alias add @example.com alice@example.com --data ./mail',
  ],
  async run(call) {
    const request = { alias: positional(call, 0), targets: call.positionals.slice(1) }
    const added = valueFrom(await administer(call, administration => administration.addAlias(request)))
    printOne(call, added, [`${added.alias} leads to ${added.targets.join(', ')}`])
    return exitCode.ok
  },
}

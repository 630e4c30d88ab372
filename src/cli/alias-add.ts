// posthouse alias add

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'alias add',
  summary: 'one more address for an account',
  positionals: ['ALIAS', 'ACCOUNT'],
  options: {},
  details:
    'ALIAS is an address, or @DOMAIN for all addresses there that have no other owner (catch-all).\nACCOUNT is the address of an account, not another alias.',
  examples: [
    'posthouse alias add sales@example.com alice@example.com --data ./mail',
    'posthouse alias add @example.com alice@example.com --data ./mail',
  ],
  async run(call) {
    const request = { alias: positional(call, 0), account: positional(call, 1) }
    const added = valueFrom(await administer(call, administration => administration.addAlias(request)))
    printOne(call, added, [`${added.alias} leads to ${added.account}`])
    return exitCode.ok
  },
}

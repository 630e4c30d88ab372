// posthouse account list

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printDay, printList } from './print.ts'

export const command: Command = {
  name: 'account list',
  summary: 'list the accounts of all domains, or of one',
  positionals: ['[DOMAIN]'],
  options: {},
  examples: ['posthouse account list example.com --data ./mail'],
  async run(call) {
    const domain = positional(call, 0)
    const which = domain === '' ? {} : { domain }
    await administer(call, administration =>
      printList(call, page => administration.listAccounts({ ...page, ...which }), {
        head: ['account', 'since', ''],
        row: ({ address, createdAt, disabled }) => [address, printDay(createdAt), disabled ? 'disabled' : ''],
      }),
    )
    return exitCode.ok
  },
}

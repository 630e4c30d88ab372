// posthouse domain list

import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printDay, printList } from './print.ts'

export const command: Command = {
  name: 'domain list',
  summary: 'list the domains, with the number of accounts of each',
  positionals: [],
  options: {},
  examples: ['posthouse domain list --data ./mail'],
  async run(call) {
    await administer(call, administration =>
      printList(call, page => administration.listDomains(page), {
        head: ['domain', 'accounts', 'since'],
        row: ({ name, accounts, createdAt }) => [name, String(accounts), printDay(createdAt)],
        right: [1],
      }),
    )
    return exitCode.ok
  },
}

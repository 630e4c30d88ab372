// posthouse domain remove

import { type Command, positional } from './command.ts'
import { confirm, yesOption } from './confirm.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { counted, printOne } from './print.ts'

export const command: Command = {
  name: 'domain remove',
  summary: 'take no more mail for a domain; its aliases go with it',
  positionals: ['DOMAIN'],
  options: {
    'with-accounts': { help: 'remove its accounts too, with all their mail' },
    yes: yesOption,
  },
  examples: ['posthouse domain remove example.com --data ./mail'],
  async run(call) {
    const domain = positional(call, 0)
    const withAccounts = call.options.flag('with-accounts')
    if (withAccounts) await confirm(call, `Remove ${domain} with all its accounts and their mail?`)
    const removed = valueFrom(
      await administer(call, administration => administration.removeDomain({ domain, withAccounts })),
    )
    const line = withAccounts ? `${domain} removed, with ${counted(removed.accounts, 'account')}` : `${domain} removed`
    printOne(call, { domain, ...removed }, [line])
    return exitCode.ok
  },
}

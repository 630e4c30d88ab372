// posthouse account disable

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'account disable',
  summary: 'refuse logins and mail, hold what it has in the queue, and keep all there is',
  positionals: ['ADDRESS'],
  options: {},
  examples: ['posthouse account disable alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    const account = valueFrom(
      await administer(call, administration => administration.setDisabled({ address, disabled: true })),
    )
    printOne(call, account, [`${account.address} disabled`])
    return exitCode.ok
  },
}

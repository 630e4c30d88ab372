// posthouse account enable

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'account enable',
  summary: 'take logins and mail again',
  positionals: ['ADDRESS'],
  options: {},
  examples: ['posthouse account enable alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    const account = valueFrom(
      await administer(call, administration => administration.setDisabled({ address, disabled: false })),
    )
    printOne(call, account, [`${account.address} enabled`])
    return exitCode.ok
  },
}

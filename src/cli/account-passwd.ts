// posthouse account passwd

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { readPassword } from './read-password.ts'

export const command: Command = {
  name: 'account passwd',
  summary: 'set the password of an account',
  positionals: ['ADDRESS'],
  options: {},
  details: 'The password is asked for, or read from the first line of stdin.',
  examples: ['printf \'%s\\n\' "$PASSWORD" | posthouse account passwd alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    // Before anything is typed in vain.
    valueFrom(await administer(call, administration => administration.showAccount({ address })))
    const password = await readPassword(call.terminal)
    const account = valueFrom(
      await administer(call, administration => administration.setPassword({ address, password })),
    )
    printOne(call, account, [`${account.address} has a new password`])
    return exitCode.ok
  },
}

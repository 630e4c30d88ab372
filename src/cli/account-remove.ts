// posthouse account remove

import { type Command, positional } from './command.ts'
import { confirm, yesOption } from './confirm.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'account remove',
  summary: 'remove an account with all its mail and its aliases',
  positionals: ['ADDRESS'],
  options: { yes: yesOption },
  details: 'A terminal is asked first; a script is not. To keep the mail: posthouse account disable.',
  examples: ['posthouse account remove alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    await confirm(call, `Remove ${address} with all its mail?`)
    const account = valueFrom(await administer(call, administration => administration.removeAccount({ address })))
    printOne(call, account, [`${account.address} removed`])
    return exitCode.ok
  },
}

// posthouse account grant

import { type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'account grant',
  summary: 'let an account send as an address that is not its own',
  positionals: ['ACCOUNT', 'ADDRESS'],
  options: {},
  details:
    'ADDRESS is an address, or @DOMAIN for all of that domain; it need not be of this server. Its own addresses and aliases\nan account may use anyway. posthouse account show lists what was granted.',
  examples: [
    'posthouse account grant alice@example.com boss@example.com --data ./mail',
    'posthouse account grant newsletter@example.com @example.net --data ./mail',
  ],
  async run(call) {
    const request = { account: positional(call, 0), address: positional(call, 1) }
    const outcome = await administer(call, administration => administration.grantSendAs(request))
    if (outcome.kind === 'already-exists')
      throw new CommandError(exitCode.badData, `${request.account} may send as ${request.address} already`)
    const granted = valueFrom(outcome)
    printOne(call, granted, [`${granted.account} may send as ${granted.address}`])
    return exitCode.ok
  },
}

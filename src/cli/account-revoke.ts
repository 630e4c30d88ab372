// posthouse account revoke

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'account revoke',
  summary: 'let an account send no more as an address that it was granted',
  positionals: ['ACCOUNT', 'ADDRESS'],
  options: {},
  examples: ['posthouse account revoke alice@example.com boss@example.com --data ./mail'],
  async run(call) {
    const request = { account: positional(call, 0), address: positional(call, 1) }
    const revoked = valueFrom(await administer(call, administration => administration.revokeSendAs(request)))
    printOne(call, revoked, [`${revoked.account} may send as ${revoked.address} no more`])
    return exitCode.ok
  },
}

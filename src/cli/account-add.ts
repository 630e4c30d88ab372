// posthouse account add

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { readPassword } from './read-password.ts'
import { readQuota } from './read-quota.ts'

export const command: Command = {
  name: 'account add',
  summary: 'make an account',
  positionals: ['ADDRESS'],
  options: { quota: { value: 'SIZE', help: 'how much it may hold, as in "2 GB"; without it there is no limit' } },
  details: 'The password is asked for, or read from the first line of stdin.',
  examples: [
    'posthouse account add alice@example.com --quota "2 GB" --data ./mail',
    'printf \'%s\\n\' "$PASSWORD" | posthouse account add alice@example.com --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const quota = call.options.text('quota')
    const limitBytes = quota === undefined ? undefined : readQuota(quota)
    const password = await readPassword(call.terminal)
    const request = typeof limitBytes === 'number' ? { address, password, limitBytes } : { address, password }
    const added = valueFrom(await administer(call, administration => administration.addAccount(request)))
    printOne(call, added, [`${added.address} added`])
    return exitCode.ok
  },
}

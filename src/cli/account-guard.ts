// posthouse account guard

import { type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { senderRows } from './print-sender.ts'
import { columns } from './table.ts'

export const command: Command = {
  name: 'account guard',
  summary: 'whether what an account sends is held, and the end of that',
  positionals: ['ADDRESS', '[on|off]'],
  options: {},
  details:
    'The guard holds an account that sends much more to other servers than it ever did, or whose mail is often refused for good:\nsomebody else may have its password. on lets go what is held, and the guard counts anew; off lets it go, and the guard never\nholds this account again. To throw away what is held, drop it first (posthouse queue drop --account ADDRESS).',
  examples: [
    'posthouse account guard alice@example.com --data ./mail',
    'posthouse account guard alice@example.com on --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const guard = call.positionals[1]
    if (guard !== undefined && guard !== 'on' && guard !== 'off')
      throw new CommandError(exitCode.usage, `"${guard}" is neither on nor off`, 'posthouse account guard --help')
    const sender = valueFrom(
      await administer(call, administration =>
        guard === undefined ? administration.showSender({ address }) : administration.setGuard({ address, guard }),
      ),
    )
    printOne(call, sender, columns(senderRows(sender)))
    return exitCode.ok
  },
}

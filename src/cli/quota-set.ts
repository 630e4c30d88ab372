// posthouse quota set

import { type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { printQuota } from './print-quota.ts'
import { readMessageQuota, readQuota } from './read-quota.ts'

export const command: Command = {
  name: 'quota set',
  summary: 'how much an account may hold',
  positionals: ['ADDRESS', '[SIZE]'],
  options: { messages: { value: 'NUMBER', help: 'how many messages it may hold, or none' } },
  details: 'SIZE is like "500 MB" or "2 GiB"; none takes the limit away. What is not given stays as it is.',
  examples: [
    'posthouse quota set alice@example.com "2 GB" --data ./mail',
    'posthouse quota set alice@example.com --messages 100000 --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const size = call.positionals[1]
    const messages = call.options.text('messages')
    if (size === undefined && messages === undefined)
      throw new CommandError(exitCode.usage, 'there is nothing to set', 'give a SIZE, or --messages NUMBER, or both')
    const limits = {
      ...(size === undefined ? {} : { limitBytes: readQuota(size) }),
      ...(messages === undefined ? {} : { limitMessages: readMessageQuota(messages) }),
    }
    const quota = valueFrom(await administer(call, administration => administration.setQuota({ address, ...limits })))
    printOne(call, quota, [printQuota(quota)])
    return exitCode.ok
  },
}

// posthouse quota set

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { printQuota } from './print-quota.ts'
import { readQuota } from './read-quota.ts'

export const command: Command = {
  name: 'quota set',
  summary: 'how much an account may hold',
  positionals: ['ADDRESS', 'SIZE'],
  options: {},
  details: 'SIZE is like "500 MB" or "2 GiB"; none takes the limit away.',
  examples: ['posthouse quota set alice@example.com "2 GB" --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    const limitBytes = readQuota(positional(call, 1))
    const quota = valueFrom(await administer(call, administration => administration.setQuota({ address, limitBytes })))
    printOne(call, quota, [printQuota(quota)])
    return exitCode.ok
  },
}

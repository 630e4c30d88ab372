// posthouse quota show

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { printQuota } from './print-quota.ts'

export const command: Command = {
  name: 'quota show',
  summary: 'how much an account holds, and may hold',
  positionals: ['ADDRESS'],
  options: {},
  examples: ['posthouse quota show alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    const quota = valueFrom(await administer(call, administration => administration.showQuota({ address })))
    printOne(call, quota, [printQuota(quota)])
    return exitCode.ok
  },
}

// posthouse index show

import type { Command } from './command.ts'
import { eachAddress } from './each-address.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'index show',
  summary: 'how many messages the search index has, of one account or of all',
  positionals: [],
  options: { account: { value: 'ADDRESS', help: 'only this account' } },
  details: 'The newest few messages of an account wait until there are 64 of them; searches read those.',
  examples: ['posthouse index show --data ./mail', 'posthouse index show --account alice@example.com --data ./mail'],
  async run(call) {
    await administer(call, async administration => {
      for await (const address of eachAddress(administration, call.options.text('account'))) {
        const state = valueFrom(await administration.showIndex({ address }))
        printOne(call, state, [`${state.address}: ${state.indexed} of ${state.messages} messages`])
      }
    })
    return exitCode.ok
  },
}

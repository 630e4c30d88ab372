// posthouse index rebuild

import type { Administration, IndexInfo } from '#control/administration.ts'
import type { Call, Command } from './command.ts'
import { eachAddress } from './each-address.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { limits } from './limits.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'index rebuild',
  summary: 'make the search index anew, of one account or of all',
  positionals: [],
  options: { account: { value: 'ADDRESS', help: 'only this account' } },
  details:
    'Tells how far it is. Searches work meanwhile: they read the messages that are not indexed yet.\nNever needed in daily life; the server keeps the index by itself.',
  examples: [
    'posthouse index rebuild --data ./mail',
    'posthouse index rebuild --account alice@example.com --data ./mail',
  ],
  async run(call) {
    await administer(call, async administration => {
      for await (const address of eachAddress(administration, call.options.text('account'))) {
        const made = await rebuild(call, administration, address)
        printOne(call, made, [`${made.address}: ${made.indexed} messages indexed`])
      }
    })
    return exitCode.ok
  },
}

async function rebuild(call: Call, administration: Administration, address: string): Promise<IndexInfo> {
  let state = valueFrom(await administration.advanceIndex({ address, afresh: true }))
  for (let standstills = 0; state.indexed < state.messages; ) {
    call.terminal.err(`${state.address}: ${state.indexed} of ${state.messages} messages`)
    const next = valueFrom(await administration.advanceIndex({ address, afresh: false }))
    standstills = next.indexed > state.indexed ? 0 : standstills + 1
    if (standstills >= limits.standstills)
      throw new CommandError(exitCode.fault, `the index of ${address} gets no further`, "see the server's log")
    state = next
  }
  return state
}

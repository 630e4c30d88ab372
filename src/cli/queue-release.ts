// posthouse queue release

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { noSuchMessage } from './queued-message.ts'

export const command: Command = {
  name: 'queue release',
  summary: 'deliver a message that waits now, or when the server starts',
  positionals: ['ID'],
  options: {},
  examples: ['posthouse queue release 1d84bc9e13035b66 --data ./mail'],
  async run(call) {
    const messageId = positional(call, 0)
    const { found } = valueFrom(await administer(call, administration => administration.releaseQueued({ messageId })))
    if (!found) throw noSuchMessage(messageId)
    printOne(call, { messageId }, [`${messageId} released`])
    return exitCode.ok
  },
}

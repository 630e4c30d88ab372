// posthouse queue drop

import { type Command, positional } from './command.ts'
import { confirm, yesOption } from './confirm.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { noSuchMessage } from './queued-message.ts'

export const command: Command = {
  name: 'queue drop',
  summary: 'take a message away that waits; nobody is told',
  positionals: ['ID'],
  options: { yes: yesOption },
  details: 'A terminal is asked first; a script is not.',
  examples: ['posthouse queue drop 1d84bc9e13035b66 --data ./mail'],
  async run(call) {
    const messageId = positional(call, 0)
    await confirm(call, `Drop ${messageId}, and tell nobody?`)
    const { found } = valueFrom(await administer(call, administration => administration.dropQueued({ messageId })))
    if (!found) throw noSuchMessage(messageId)
    printOne(call, { messageId }, [`${messageId} dropped`])
    return exitCode.ok
  },
}

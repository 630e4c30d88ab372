// posthouse queue show

import { printSize } from '#config/units.ts'
import type { QueuedDetails } from '#control/administration.ts'
import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printMinute, printOne, printSender } from './print.ts'
import { noSuchMessage } from './queued-message.ts'
import { columns, printable } from './table.ts'

export const command: Command = {
  name: 'queue show',
  summary: 'all about one message that waits, with its header',
  positionals: ['ID'],
  options: {},
  details: 'ID is that of posthouse queue list, of the 250 and of the log.',
  examples: ['posthouse queue show 1d84bc9e13035b66 --data ./mail'],
  async run(call) {
    const messageId = positional(call, 0)
    const found = valueFrom(await administer(call, administration => administration.showQueued({ messageId })))
    if (found === null) throw noSuchMessage(messageId)
    printOne(call, found, lines(found))
    return exitCode.ok
  },
}

function lines(message: QueuedDetails): readonly string[] {
  const rows = [
    ['message', message.messageId],
    ['sender', printSender(message.sender)],
    ['size', printSize(message.sizeBytes)],
    ['taken', printMinute(message.arrivedAt)],
    ['release', printMinute(message.releaseAt)],
    ['next try', printMinute(message.nextAt)],
    ['tries', String(message.tries)],
    ['gives up', printMinute(message.expiresAt)],
    ...message.recipients.map(({ address, state, reply }) => [
      'recipient',
      `${address} (${state})${reply === null ? '' : `: ${reply}`}`,
    ]),
  ]
  return [...columns(rows), '', ...message.header.trimEnd().split(/\r?\n/).map(printable)]
}

// posthouse queue show

import { printSize } from '#config/units.ts'
import type { QueuedDetails, QueuedRecipientInfo } from '#control/queue-administration.ts'
import { localHop } from '#queue/local-hop.ts'
import { unroutedHop } from '#queue/unrouted.ts'
import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printMinute, printOne, printSender } from './print.ts'
import { refusedLines } from './print-outcome.ts'
import { tryLines } from './print-try.ts'
import { nextWhenHeld, noSuchMessage } from './queued-message.ts'
import { columns, printable } from './table.ts'

export const command: Command = {
  name: 'queue show',
  summary: 'all about one message of the queue: its recipients, what both servers said at each try, its header',
  positionals: ['ID'],
  options: {},
  details:
    'ID is that of posthouse queue list, of the 250 and of the log. Times are UTC. Marks of a transcript: -> what this server\nsaid, <- what the other answered, <** its refusals; ~> <~ <~* the same under TLS; === what happened, *** what went wrong.',
  examples: ['posthouse queue show 1d84bc9e13035b66 --data ./mail'],
  async run(call) {
    const messageId = positional(call, 0)
    const found = valueFrom(await administer(call, administration => administration.showQueued({ messageId })))
    if (found === null) throw noSuchMessage(messageId)
    printOne(call, found, lines(found))
    if (found.recipients.some(({ heldFor }) => heldFor !== null))
      call.terminal.err(`next: ${nextWhenHeld(messageId, found.recipients)}`)
    return exitCode.ok
  },
}

function lines(message: QueuedDetails): readonly string[] {
  return [
    ...columns(facts(message)),
    '',
    ...message.recipients.flatMap(recipientLines),
    ...message.tries.flatMap((one, at) => ['', ...tryLines(`try ${at + 1}`, one)]),
    '',
    ...message.header.trimEnd().split(/\r?\n/).map(printable),
  ]
}

function facts(message: QueuedDetails): readonly (readonly string[])[] {
  const { sender, returnPath, arrivedAt, releaseAt } = message
  return [
    ['message', message.messageId],
    ['sender', printSender(sender)],
    ...(returnPath === sender ? [] : [['MAIL FROM', printSender(returnPath)]]),
    ['size', printSize(message.sizeBytes)],
    ['taken', `${printMinute(arrivedAt)} (${message.origin})`],
    ...(releaseAt > arrivedAt ? [[releaseAt > Date.now() ? 'send at' : 'released', printMinute(releaseAt)]] : []),
    ['gives up', givesUp(message)],
  ]
}

/** What is held does not expire, and its time begins anew when it is released. */
function givesUp({ recipients, expiresAt }: QueuedDetails): string {
  const held = recipients.filter(({ heldFor }) => heldFor !== null).length
  if (held === recipients.length) return 'not while it is held'
  return held === 0 ? printMinute(expiresAt) : `${printMinute(expiresAt)}, on what is not held`
}

function recipientLines(recipient: QueuedRecipientInfo): readonly string[] {
  const { address, state, hop, tries, nextAt, heldFor, status, reply } = recipient
  const parts = [
    `${address}: ${state}${heldFor === null ? '' : ` (${heldFor})`}`,
    ...(hop === unroutedHop ? [] : [hop === localHop ? 'into a mailbox here' : `to ${hop}`]),
    `tries: ${tries}`,
    ...(nextAt === null ? [] : [`next at ${printMinute(nextAt)}`]),
  ]
  return [
    printable(parts.join(', ')),
    ...(reply === null ? [] : refusedLines({ class: recipient.class, status, reply })),
  ]
}

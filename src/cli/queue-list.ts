// posthouse queue list

import { printSize } from '#config/units.ts'
import type { QueuedInfo } from '#control/administration.ts'
import { moves } from '#queue/states.ts'
import type { Call, Command } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printList, printMinute, printSender } from './print.ts'

const states = Object.keys(moves)

export const command: Command = {
  name: 'queue list',
  summary: 'messages that wait: to be sent later, or for room in a mailbox',
  positionals: [],
  options: {
    sender: { value: 'ADDRESS', help: 'only those of this sender' },
    recipient: { value: 'ADDRESS', help: 'only those to this recipient' },
    state: { value: 'STATE', help: `only those with a recipient that is ${states.join(', ')}` },
  },
  details: 'In the order of their next try; times are UTC.',
  examples: ['posthouse queue list --data ./mail', 'posthouse queue list --sender alice@example.com --data ./mail'],
  async run(call) {
    const filter = filterFrom(call)
    await administer(call, administration =>
      printList(call, page => administration.listQueue({ ...page, ...filter }), {
        head: ['id', 'sender', 'recipients', 'size', 'next try', 'state'],
        row: message => [
          message.messageId,
          printSender(message.sender),
          printRecipients(message),
          printSize(message.sizeBytes),
          printMinute(message.nextAt),
          [...new Set(message.recipients.map(({ state }) => state))].join(', '),
        ],
        right: [3],
      }),
    )
    return exitCode.ok
  },
}

function filterFrom({ options }: Call) {
  const given = ['sender', 'recipient', 'state'].map(name => [name, options.text(name)] as const)
  const state = options.text('state')
  if (state !== undefined && !states.includes(state))
    throw new CommandError(exitCode.usage, `there is no state "${state}"`, `one of ${states.join(', ')}`)
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

function printRecipients({ recipients, recipientCount }: QueuedInfo): string {
  const [first] = recipients
  return recipientCount === 1 ? (first?.address ?? '') : `${first?.address} and ${recipientCount - 1} more`
}

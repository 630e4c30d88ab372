// posthouse queue list

import { printSize } from '#config/units.ts'
import type { QueuedInfo, QueuedRecipientInfo } from '#control/queue-administration.ts'
import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printList, printMinute, printSender } from './print.ts'
import { filterOptions, readFilter } from './queue-filter.ts'

export const command: Command = {
  name: 'queue list',
  summary: 'messages on their way: to other hosts, to be sent later, or waiting for room in a mailbox',
  positionals: [],
  options: filterOptions,
  details:
    'In the order in which they were taken; times are UTC. "why" is the reason of the last try, or why it is held;\nposthouse queue show ID tells all. The filters are for each recipient, and all that are given must fit.',
  examples: [
    'posthouse queue list --data ./mail',
    'posthouse queue list --domain example.org --state deferred --data ./mail',
    'posthouse queue list --class mailbox-full --older-than "2 h" --json --data ./mail',
  ],
  async run(call) {
    const filter = readFilter(call)
    await administer(call, administration =>
      printList(call, page => administration.listQueue({ ...page, ...filter }), {
        head: ['id', 'sender', 'recipients', 'size', 'next try', 'state', 'why'],
        row: message => [
          message.messageId,
          printSender(message.sender),
          printRecipients(message),
          printSize(message.sizeBytes),
          message.nextAt === null ? '' : printMinute(message.nextAt),
          eachOnce(message.recipients.map(({ state }) => state)),
          eachOnce(message.recipients.map(whyOf)),
        ],
        right: [3],
      }),
    )
    return exitCode.ok
  },
}

function printRecipients({ recipients, recipientCount }: QueuedInfo): string {
  const [first] = recipients
  return recipientCount === 1 ? (first?.address ?? '') : `${first?.address} and ${recipientCount - 1} more`
}

function whyOf(recipient: QueuedRecipientInfo): string {
  return recipient.heldFor ?? recipient.class ?? recipient.status ?? ''
}

function eachOnce(texts: readonly string[]): string {
  return [...new Set(texts.filter(text => text !== ''))].join(', ')
}

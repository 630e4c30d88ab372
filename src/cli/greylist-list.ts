// posthouse greylist list

import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printList, printMinute, printSender } from './print.ts'

export const command: Command = {
  name: 'greylist list',
  summary: 'whose mail is asked to come again, and when it will pass',
  positionals: [],
  options: {},
  details:
    'Longest waiting first; times are UTC. Mail from a sender that nobody here knows is put off once (451 4.7.1).',
  examples: ['posthouse greylist list --data ./mail'],
  async run(call) {
    await administer(call, administration =>
      printList(call, page => administration.listWaiting(page), {
        head: ['sender', 'recipient', 'network', 'since', 'passes from'],
        row: ({ sender, recipient, network, since, passesAt }) => [
          printSender(sender),
          recipient,
          network,
          printMinute(since),
          printMinute(passesAt),
        ],
      }),
    )
    return exitCode.ok
  },
}

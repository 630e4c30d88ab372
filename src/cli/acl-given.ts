// posthouse acl given

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printList } from './print.ts'

export const command: Command = {
  name: 'acl given',
  summary: 'what others let an account do with their mailboxes',
  positionals: ['ADDRESS'],
  options: {},
  details:
    'Everything that the entries of the lists come to, those for anyone too. Without l the mailbox is not listed, without r\nnot opened.',
  examples: ['posthouse acl given bob@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    await administer(call, administration =>
      printList(call, () => administration.listGiven({ address }), {
        head: ['owner', 'mailbox', 'rights'],
        row: one => [one.owner, one.mailbox, one.rights],
      }),
    )
    return exitCode.ok
  },
}

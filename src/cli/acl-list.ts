// posthouse acl list

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printList } from './print.ts'
import { printIdentifier } from './print-acl.ts'

export const command: Command = {
  name: 'acl list',
  summary: 'who else may do what with the mailboxes of an account',
  positionals: ['ADDRESS', '[MAILBOX]'],
  options: {},
  details:
    'The letters are those of RFC 4314: l list, r read, s seen, w flags, i insert, p post, k create below, x delete,\nt mark deleted, e expunge, a give rights. The owner has all of them and is not listed. A minus takes rights away.',
  examples: [
    'posthouse acl list alice@example.com --data ./mail',
    'posthouse acl list alice@example.com Team --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const mailbox = positional(call, 1)
    const which = mailbox === '' ? { address } : { address, mailbox }
    await administer(call, administration =>
      printList(call, page => administration.listAcl({ ...page, ...which }), {
        head: ['mailbox', 'who', 'rights'],
        row: one => [one.mailbox, printIdentifier(one), one.rights],
      }),
    )
    return exitCode.ok
  },
}

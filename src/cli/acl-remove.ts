// posthouse acl remove

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { printIdentifier } from './print-acl.ts'

export const command: Command = {
  name: 'acl remove',
  summary: 'take back what others may do with a mailbox',
  positionals: ['ADDRESS', 'MAILBOX', 'WHO'],
  options: { negative: { help: 'the entry that takes rights away from WHO' } },
  examples: ['posthouse acl remove alice@example.com INBOX bob@example.com --data ./mail'],
  async run(call) {
    const request = {
      address: positional(call, 0),
      mailbox: positional(call, 1),
      identifier: positional(call, 2),
      negative: call.options.flag('negative'),
    }
    const removed = valueFrom(await administer(call, administration => administration.removeAcl(request)))
    const was = `${printIdentifier(removed)} ${removed.rights}`
    printOne(call, removed, [`${removed.mailbox} of ${removed.owner}: removed ${was}`])
    return exitCode.ok
  },
}

// posthouse acl set

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { printIdentifier } from './print-acl.ts'

export const command: Command = {
  name: 'acl set',
  summary: 'what others may do with a mailbox',
  positionals: ['ADDRESS', 'MAILBOX', 'WHO', 'RIGHTS'],
  options: { negative: { help: 'take these rights from WHO, whatever else gives them' } },
  details:
    'WHO is the address of another account, or anyone. RIGHTS is read (lrs), write (lrswite), all (lrswipkxtea), or letters\nof RFC 4314; with + before them they are added to what was given already. Open sessions follow at once, and mailboxes\nthat are made below this one later begin with the same rights. Others see it as "Other Users/ADDRESS/MAILBOX".',
  examples: [
    'posthouse acl set alice@example.com INBOX bob@example.com read --data ./mail',
    'posthouse acl set alice@example.com Team anyone lrsi --data ./mail',
    'posthouse acl set alice@example.com Team bob@example.com +k --data ./mail',
  ],
  async run(call) {
    const request = {
      address: positional(call, 0),
      mailbox: positional(call, 1),
      identifier: positional(call, 2),
      rights: positional(call, 3),
      negative: call.options.flag('negative'),
    }
    const set = valueFrom(await administer(call, administration => administration.setAcl(request)))
    printOne(call, set, [`${set.mailbox} of ${set.owner}: ${printIdentifier(set)} ${set.rights}`])
    return exitCode.ok
  },
}

// posthouse restore finish

import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'restore finish',
  summary: 'once a backup was put back: mail programs drop what they know, and read all mailboxes anew',
  positionals: [],
  options: {},
  details:
    'Gives every mailbox a UIDVALIDITY above all that were ever given. Without it programs that saw mail newer than the\nbackup may show the wrong messages. Best before the server starts; never without a restore.',
  examples: ['posthouse restore finish --data ./mail'],
  async run(call) {
    const finished = valueFrom(await administer(call, administration => administration.finishRestore({})))
    printOne(call, finished, [`mailboxes: ${finished.mailboxes}`])
    return exitCode.ok
  },
}

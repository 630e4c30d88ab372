// posthouse mail deleted

import { printSize } from '#config/units.ts'
import { type Command, positional } from './command.ts'
import { filterFrom, filterOptions } from './deleted-filter.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { limits } from './limits.ts'
import { printDay, printList, printMinute } from './print.ts'

export const command: Command = {
  name: 'mail deleted',
  summary: 'messages of an account that were removed, by whatever protocol, and can be restored',
  positionals: ['ADDRESS'],
  options: filterOptions,
  details:
    'In the order in which they came; times are UTC. They are kept for 14 days (limits.undeleteMs). What lies in Trash is\nnot removed yet.',
  examples: [
    'posthouse mail deleted alice@example.com --data ./mail',
    'posthouse mail deleted alice@example.com --by pop3 --since "2 h" --data ./mail',
  ],
  async run(call) {
    const which = { address: positional(call, 0), ...filterFrom(call) }
    await administer(call, administration =>
      printList(call, page => administration.listDeleted({ ...page, ...which }), {
        head: ['id', 'removed', 'by', 'kept until', 'mailbox', 'size', 'from', 'subject'],
        row: one => [
          one.id,
          printMinute(one.deletedAt),
          one.by ?? '-',
          printDay(one.keptUntil),
          one.mailbox,
          printSize(one.sizeBytes),
          one.from,
          one.subject.slice(0, limits.shownSubject),
        ],
        right: [5],
      }),
    )
    return exitCode.ok
  },
}

// posthouse suppress list

import type { SuppressionInfo } from '#control/sending-administration.ts'
import { recipientKey, recipientName } from '#suppression/recipient-key.ts'
import { type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printDay, printList } from './print.ts'
import { printScope, readScope, scopeOptions } from './suppression-scope.ts'

export const command: Command = {
  name: 'suppress list',
  summary: 'recipients that nothing is sent to, why, and until when',
  positionals: ['[RECIPIENT]'],
  options: scopeOptions,
  details:
    'Of all accounts and domains, or of one; RECIPIENT alone shows on whose lists it is. Reasons: unknown (its server said for\ngood that there is no such mailbox), complaint (it reported a message as spam), manual. The rest is what that server said.',
  examples: [
    'posthouse suppress list --data ./mail',
    'posthouse suppress list bob@example.org --data ./mail',
    'posthouse suppress list --account alice@example.com --data ./mail',
  ],
  async run(call) {
    const scope = readScope(call)
    const fits = fitting(positional(call, 0))
    await administer(call, administration =>
      printList(
        call,
        async page => {
          const found = await administration.listSuppressed({ ...page, ...scope })
          if (found.kind !== 'done') return found
          return { ...found, value: { ...found.value, items: found.value.items.filter(fits) } }
        },
        {
          head: ['recipient', 'not from', 'reason', 'since', 'until', ''],
          row: entry => [
            entry.recipient,
            printScope(entry),
            entry.reason,
            printDay(entry.addedAt),
            entry.expiresAt === null ? '-' : printDay(entry.expiresAt),
            entry.detail,
          ],
        },
      ),
    )
    return exitCode.ok
  },
}

/** Whether an entry is of this recipient; '' fits all. */
export function fitting(recipient: string): (entry: SuppressionInfo) => boolean {
  if (recipient === '') return () => true
  const key = recipientKey(recipient)
  if (key === undefined)
    throw new CommandError(exitCode.badData, `"${recipient}" is no mail address`, 'write it like bob@example.org')
  const name = recipientName(key)
  return entry => {
    const other = recipientKey(entry.recipient)
    return other !== undefined && recipientName(other) === name
  }
}

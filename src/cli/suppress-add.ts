// posthouse suppress add

import { parseDuration } from '#config/units.ts'
import type { SuppressionEntry } from '#control/suppression-entry.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printDay, printOne } from './print.ts'
import { suppressionRefused } from './suppression-refused.ts'
import { printScope, readOneScope, scopeOptions } from './suppression-scope.ts'

export const command: Command = {
  name: 'suppress add',
  summary: 'send nothing more to a recipient, from an account or from all of a domain',
  positionals: ['RECIPIENT'],
  options: {
    ...scopeOptions,
    reason: { value: 'TEXT', help: 'shown in the list, and told whoever writes there all the same' },
    for: { value: 'TIME', help: 'how long: 30d, "12 h"; if not given, as long as it stands' },
  },
  details: 'One of --account and --domain is needed. Who writes there is refused at once (550 5.1.1), with the reason.',
  examples: [
    'posthouse suppress add bob@example.org --domain example.com --reason "asked us to stop" --data ./mail',
    'posthouse suppress add bob@example.org --account alice@example.com --for 30d --data ./mail',
  ],
  async run(call) {
    const entry = entryFrom(call)
    const entries = [entry]
    const { added, refused } = valueFrom(
      await administer(call, administration => administration.importSuppressed({ byHand: true, entries })),
    )
    const [no] = refused
    if (no !== undefined) throw suppressionRefused(entry, no.why)
    const until = entry.expiresAt === null ? '' : ` until ${printDay(entry.expiresAt)}`
    const again = added === 0 ? ' (it was on the list; this is what stands there now)' : ''
    printOne(call, { ...entry, added: added > 0 }, [
      `${entry.recipient}: nothing more from ${printScope(entry)}${until}${again}`,
    ])
    return exitCode.ok
  },
}

function entryFrom(call: Call): SuppressionEntry {
  const scope = readOneScope(call, 'from whom is nothing to be sent there?')
  return {
    account: scope.account ?? null,
    domain: scope.domain ?? null,
    recipient: positional(call, 0),
    reason: 'manual',
    detail: call.options.text('reason') ?? '',
    expiresAt: expiryFrom(call.options.text('for')),
  }
}

function expiryFrom(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = /[a-z]\s*$/i.test(text) ? parseDuration(text) : undefined
  if (ms !== undefined && ms > 0) return Date.now() + ms
  throw new CommandError(exitCode.usage, `--for "${text}" is no time`, 'write it like 30d, "12 h"')
}

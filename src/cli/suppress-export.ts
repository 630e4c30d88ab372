// posthouse suppress export

import type { SuppressionInfo } from '#control/sending-administration.ts'
import { type ListFormat, listHead, printEntry } from '#suppression/list-text.ts'
import { reasons, type Suppression, sources } from '#suppression/suppression.ts'
import type { Call, Command } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { readOneScope, scopeOptions } from './suppression-scope.ts'

export const command: Command = {
  name: 'suppress export',
  summary: 'the list of an account or a domain as a file that suppress import reads',
  positionals: [],
  options: { ...scopeOptions, format: { value: 'FORMAT', help: 'csv or ndjson (csv; with --json ndjson)' } },
  details: 'One of --account and --domain is needed. To stdout.',
  examples: ['posthouse suppress export --domain example.com --data ./mail > list.csv'],
  async run(call) {
    const scope = readOneScope(call, 'whose list?')
    const format = readFormat(call)
    await administer(call, async administration => {
      let after: string | undefined
      const head = listHead(format)
      if (head !== '') call.terminal.out(head.trimEnd())
      do {
        const page = valueFrom(
          await administration.listSuppressed({ ...scope, ...(after === undefined ? {} : { after }) }),
        )
        for (const entry of page.items) call.terminal.out(printEntry(asEntry(entry), format).trimEnd())
        after = page.next
      } while (after !== undefined)
    })
    return exitCode.ok
  },
}

function readFormat({ options }: Call): ListFormat {
  const format = options.text('format') ?? (options.flag('json') ? 'ndjson' : 'csv')
  if (format === 'csv' || format === 'ndjson') return format
  throw new CommandError(exitCode.usage, `--format "${format}" is none that is known here`, 'csv or ndjson')
}

/** Whose list it is does not stand in the file. */
function asEntry({ recipient, reason, source, detail, addedAt, expiresAt }: SuppressionInfo): Suppression {
  return {
    scope: { kind: 'account', accountId: 0 },
    recipient,
    reason: reasons.find(one => one === reason) ?? 'manual',
    source: sources.find(one => one === source) ?? 'operator',
    detail,
    addedAt,
    expiresAt: expiresAt ?? undefined,
  }
}

// posthouse mail restore

import type { Administration, DeletedInfo, RestoredInfo } from '#control/administration.ts'
import { type Call, type Command, positional } from './command.ts'
import { filterFrom, filterOptions } from './deleted-filter.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { limits } from './limits.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'mail restore',
  summary: 'put removed messages back where they were, with their dates and flags',
  positionals: ['ADDRESS', '[ID ...]'],
  options: {
    all: { help: 'all that fit --mailbox, --since and --by' },
    ...filterOptions,
    into: { value: 'NAME', help: 'into this mailbox, made if it is missing, and not where they were' },
    'for-pop3': { help: 'POP3 is shown them again, too' },
  },
  details:
    'IDs are those that posthouse mail deleted lists. Open sessions see the messages come in, as new ones would. What was\nremoved by POP3 stays hidden from POP3, for the same program would remove it at its next look; --for-pop3 shows it.',
  examples: [
    'posthouse mail restore alice@example.com ph1k3x9 --data ./mail',
    'posthouse mail restore alice@example.com --all --by pop3 --since "2 h" --data ./mail',
  ],
  async run(call) {
    const ids = call.positionals.slice(1)
    const isAll = mustBeOne(call, ids)
    return await administer(call, administration =>
      isAll ? restoreAll(call, administration) : restoreSome(call, administration, ids),
    )
  },
}

/** Whether `--all` is it. */
function mustBeOne({ options }: Call, ids: readonly string[]): boolean {
  const isAll = options.flag('all')
  if (isAll && ids.length > 0) throw new CommandError(exitCode.usage, '--all goes with no ID', 'leave one of them out')
  if (!isAll && ids.length === 0)
    throw new CommandError(
      exitCode.usage,
      'which messages are to be restored?',
      'name their IDs (posthouse mail deleted ADDRESS lists them), or give --all, with --since, --mailbox or --by',
    )
  const filter = Object.keys(filterOptions).find(name => options.text(name) !== undefined)
  if (isAll || filter === undefined) return isAll
  throw new CommandError(exitCode.usage, `--${filter} goes with --all`, 'with IDs, leave it out')
}

async function restoreSome(call: Call, administration: Administration, ids: readonly string[]) {
  const missing: string[] = []
  for (let at = 0; at < ids.length; at += limits.restoredAtOnce) {
    const some = ids.slice(at, at + limits.restoredAtOnce)
    const restored = await restore(call, administration, some)
    missing.push(...some.filter(id => !restored.some(one => one.id === id)))
  }
  const [first] = missing
  if (first !== undefined) valueFrom({ kind: 'no-such-message', subject: first })
  return exitCode.ok
}

/** A page at a time; those that were restored are listed no more, and all are above the last one seen. */
async function restoreAll(call: Call, administration: Administration) {
  const which = { address: positional(call, 0), ...filterFrom(call) }
  let count = 0
  for (let after: string | undefined; ; ) {
    const page = valueFrom(await administration.listDeleted(after === undefined ? which : { ...which, after }))
    const restored = await restore(call, administration, page.items.map(idOf))
    count += restored.length
    after = page.next
    if (after === undefined) break
  }
  if (count === 0)
    throw new CommandError(
      exitCode.badData,
      'there is nothing to restore',
      'posthouse mail deleted ADDRESS lists what was removed, and is kept',
    )
  return exitCode.ok
}

function idOf({ id }: DeletedInfo): string {
  return id
}

async function restore(
  call: Call,
  administration: Administration,
  ids: readonly string[],
): Promise<readonly RestoredInfo[]> {
  const into = call.options.text('into')
  const request = { address: positional(call, 0), ids: ids.join(' '), forPop3: call.options.flag('for-pop3') }
  const { items } = valueFrom(
    await administration.restoreDeleted(into === undefined ? request : { ...request, mailbox: into }),
  )
  for (const one of items) {
    const hidden = one.hiddenFromPop3 ? ', hidden from POP3 (--for-pop3 shows it there)' : ''
    printOne(call, one, [`${one.id}: back in ${one.mailbox}${hidden}`])
  }
  return items
}

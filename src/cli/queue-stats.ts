// posthouse queue stats

import type { QueueStatsInfo } from '#control/queue-administration.ts'
import { localHop } from '#queue/local-hop.ts'
import { unroutedHop } from '#queue/unrouted.ts'
import type { Command } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { counted, printMinute, printOne } from './print.ts'
import { columns } from './table.ts'

export const command: Command = {
  name: 'queue stats',
  summary: 'how much is in the queue: by state, by where it goes, by account',
  positionals: [],
  options: {},
  details: 'The counts are of recipients. Of places and accounts the largest are shown.',
  examples: ['posthouse queue stats --data ./mail'],
  async run(call) {
    const stats = valueFrom(await administer(call, administration => administration.queueStats({})))
    printOne(call, stats, lines(stats))
    return exitCode.ok
  },
}

function lines(stats: QueueStatsInfo): readonly string[] {
  const { messages, recipients, oldestAt } = stats
  const whole = `${counted(messages, 'message')} to ${counted(recipients, 'recipient')}`
  if (oldestAt === null) return ['the queue is empty']
  return [
    `${whole}, the oldest taken ${printMinute(oldestAt)}`,
    ...table(
      'state',
      stats.states.map(({ state, recipients }) => [state, recipients]),
    ),
    ...table(
      'goes to',
      stats.hops.map(({ hop, recipients }) => [Object.hasOwn(places, hop) ? `${hop} ${places[hop]}` : hop, recipients]),
    ),
    ...table(
      'sent by',
      stats.accounts.map(({ account, recipients }) => [account ?? '(the server itself)', recipients]),
    ),
  ]
}

const places: Readonly<Record<string, string>> = {
  [localHop]: '(mailboxes here)',
  [unroutedHop]: '(nowhere: by the configuration)',
}

function table(head: string, rows: readonly (readonly [name: string, count: number])[]): readonly string[] {
  if (rows.length === 0) return []
  return ['', ...columns([[head, 'recipients'], ...rows.map(([name, count]) => [name, String(count)])], [1])]
}

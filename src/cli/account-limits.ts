// posthouse account limits

import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { limits } from './limits.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { senderRows } from './print-sender.ts'
import { columns } from './table.ts'

const names = {
  'messages-per-hour': 'messagesPerHour',
  'messages-per-day': 'messagesPerDay',
  'recipients-per-hour': 'recipientsPerHour',
  'recipients-per-day': 'recipientsPerDay',
} as const

type OptionName = keyof typeof names

export const command: Command = {
  name: 'account limits',
  summary: 'how much an account may send',
  positionals: ['ADDRESS'],
  options: {
    'messages-per-hour': { value: 'NUMBER', help: 'how many messages within an hour, or default' },
    'messages-per-day': { value: 'NUMBER', help: 'the same within a day' },
    'recipients-per-hour': { value: 'NUMBER', help: 'how many recipients of all of them within an hour, or default' },
    'recipients-per-day': { value: 'NUMBER', help: 'the same within a day' },
  },
  details:
    'default: as the configuration says (senders.limits). With none of the options it tells what is so, and what was sent.',
  examples: [
    'posthouse account limits alice@example.com --data ./mail',
    'posthouse account limits newsletter@example.com --messages-per-hour 20000 --messages-per-day 100000 --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const change = changeOf(call)
    const sender = valueFrom(
      await administer(call, administration =>
        Object.keys(change).length === 0
          ? administration.showSender({ address })
          : administration.setSenderLimits({ address, ...change }),
      ),
    )
    printOne(call, sender, columns(senderRows(sender)))
    return exitCode.ok
  },
}

function changeOf({ options }: Call): { readonly [name in (typeof names)[OptionName]]?: number | null } {
  // Object.keys gives string[]; these are the table's own keys.
  const given = (Object.keys(names) as OptionName[]).flatMap(option => {
    const text = options.text(option)
    return text === undefined ? [] : [[names[option], readLimit(option, text)] as const]
  })
  return Object.fromEntries(given)
}

function readLimit(option: OptionName, text: string): number | null {
  if (text === 'default') return null
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= limits.sentAtMost) return value
  throw new CommandError(
    exitCode.usage,
    `--${option}: "${text}" is no number up to ${limits.sentAtMost}`,
    `posthouse account limits ADDRESS --${option} 1000`,
  )
}

// posthouse account show

import { printSize } from '#config/units.ts'
import type { AccountDetails } from '#control/administration.ts'
import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printDay, printOne } from './print.ts'
import { deviceRow, readingRows } from './print-reading.ts'
import { columns } from './table.ts'

export const command: Command = {
  name: 'account show',
  summary:
    'all about one account: since when, how much it holds, how far its search index is, its aliases, where it forwards to, what it may send as, what it is read by',
  positionals: ['ADDRESS'],
  options: {},
  examples: ['posthouse account show alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    const account = valueFrom(await administer(call, administration => administration.showAccount({ address })))
    printOne(call, account, columns(rows(account)))
    return exitCode.ok
  },
}

function rows(account: AccountDetails): readonly (readonly string[])[] {
  const limit = account.limitBytes === null ? 'no limit' : `of ${printSize(account.limitBytes)}`
  return [
    ['account', account.address],
    ['id', String(account.accountId)],
    ['since', printDay(account.createdAt)],
    ['state', account.disabled ? 'disabled' : 'active'],
    ['messages', String(account.messages)],
    ['holds', `${printSize(account.usedBytes)}, ${limit}`],
    ['search index', `${account.indexed} of ${account.messages} messages`],
    ...account.aliases.map(alias => ['alias', alias]),
    ...forwardRows(account),
    ...account.sendAs.map(address => ['may send as', address]),
    ...(account.hidden.length === 0 ? [] : [['hidden from it', account.hidden.join(', ')]]),
    ...readingRows(account.reading),
    ...columns(account.devices.map(deviceRow)).map(device => ['device', device]),
  ]
}

function forwardRows({ forward: { targets, keepsCopy } }: AccountDetails): readonly (readonly string[])[] {
  const [first, ...rest] = targets
  if (first === undefined) return []
  return [['forwards to', `${first} (${keepsCopy ? 'a copy stays' : 'no copy stays'})`], ...rest.map(one => ['', one])]
}

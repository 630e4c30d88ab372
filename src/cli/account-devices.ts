// posthouse account devices

import type { DeviceInfo } from '#control/administration.ts'
import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { printDay, printList } from './print.ts'

export const command: Command = {
  name: 'account devices',
  summary: 'the devices that read an account: by which protocol, from where, since when, what they fetched and removed',
  positionals: ['ADDRESS'],
  options: {},
  details:
    'IMAP programs mostly say their names; of POP3 ones the network is known. taken counts messages whose bodies were fetched,\nremoved those that were expunged or moved to Trash, hidden those that POP3 removed and IMAP still shows. The last 50 devices\nof each protocol are kept.',
  examples: ['posthouse account devices alice@example.com --data ./mail'],
  async run(call) {
    const address = positional(call, 0)
    await administer(call, administration =>
      printList(call, () => administration.listDevices({ address }), {
        head: ['protocol', 'client', 'network', 'first', 'last', 'last address', 'taken', 'removed', 'hidden'],
        row: rowOf,
        right: [6, 7, 8],
      }),
    )
    return exitCode.ok
  },
}

function rowOf(device: DeviceInfo): readonly string[] {
  const { protocol, client, network, firstAt, lastAt, lastAddress, taken, removed, hidden } = device
  return [
    protocol,
    client === '' ? '-' : client,
    network,
    printDay(firstAt),
    printDay(lastAt),
    lastAddress,
    String(taken),
    String(removed),
    protocol === 'pop3' ? String(hidden) : '-',
  ]
}

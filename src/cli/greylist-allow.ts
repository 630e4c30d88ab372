// posthouse greylist allow

import { isIP } from 'node:net'
import type { WaitingFilter } from '#control/administration.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'greylist allow',
  summary: 'let mail in that is asked to come again: its next try passes',
  positionals: ['[SENDER]'],
  options: {
    recipient: { value: 'ADDRESS', help: 'all to this recipient' },
    network: { value: 'NETWORK', help: 'all from the network of this address, like 192.0.2.7 or 192.0.2.0/24' },
    all: { help: 'all there are' },
  },
  details: 'Several of them together: what fits them all. SENDER is an address; "<>" is the empty sender of reports.',
  examples: [
    'posthouse greylist allow codes@bank.example --data ./mail',
    'posthouse greylist allow --recipient alice@example.com --data ./mail',
  ],
  async run(call) {
    const filter = filterFrom(call)
    const { count } = valueFrom(await administer(call, administration => administration.letIn(filter)))
    if (count === 0)
      throw new CommandError(exitCode.badData, 'nobody waits whom this fits', 'posthouse greylist list shows who does')
    printOne(call, { count }, [`${count} let in: the next try passes`])
    return exitCode.ok
  },
}

function filterFrom(call: Call): WaitingFilter {
  const { options } = call
  const [sender, recipient, network] = [positional(call, 0), options.text('recipient'), options.text('network')]
  const filter = {
    ...(sender === '' ? {} : { sender: sender === '<>' ? '' : sender }),
    ...(recipient === undefined ? {} : { recipient }),
    ...(network === undefined ? {} : { network: addressIn(network) }),
  }
  const isNarrow = Object.keys(filter).length > 0
  if (isNarrow !== options.flag('all')) return filter
  throw isNarrow
    ? new CommandError(exitCode.usage, '--all goes with nothing else', 'leave it out')
    : new CommandError(exitCode.usage, 'who is to be let in?', 'name a sender, --recipient, --network, or --all')
}

/** An address of the network: those of an IPv4 /24 or an IPv6 /64 wait together. */
function addressIn(network: string): string {
  const [address = '', prefix] = network.split('/')
  const family = isIP(address)
  if (family !== 0 && (prefix === undefined || prefix === (family === 4 ? '24' : '64'))) return address
  throw new CommandError(
    exitCode.usage,
    `nobody waits under "${network}": that is no address, no IPv4 /24 and no IPv6 /64`,
    'write it like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64',
  )
}

// posthouse account hide

import { type Command, positional } from './command.ts'
import { exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { readCapabilities } from './read-capabilities.ts'

export const command: Command = {
  name: 'account hide',
  summary: 'hide capabilities of IMAP from the mail programs of an account',
  positionals: ['ADDRESS', 'CAPABILITIES'],
  options: {},
  details:
    'For a program that stumbles over one. CAPABILITIES, with commas between, are hidden from the next login on, in the place\nof those that were hidden before; none hides nothing any more. imap.hide in the configuration hides them from one program.',
  examples: [
    'posthouse account hide alice@example.com COMPRESS=DEFLATE,UIDONLY --data ./mail',
    'posthouse account hide alice@example.com none --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const capabilities = readCapabilities(positional(call, 1)).join(' ')
    const hidden = valueFrom(
      await administer(call, administration => administration.setHidden({ address, capabilities })),
    )
    const { length } = hidden.capabilities
    printOne(call, hidden, [
      length === 0
        ? `nothing is hidden from ${hidden.address}`
        : `${hidden.capabilities.join(', ')}: hidden from ${hidden.address}`,
    ])
    return exitCode.ok
  },
}

// posthouse account forward

import type { ForwardInfo } from '#control/administration.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'

export const command: Command = {
  name: 'account forward',
  summary: 'send the mail of an account on to other addresses',
  positionals: ['ADDRESS', '[TARGET ...]'],
  options: {
    'no-copy': { help: 'nothing stays in the mailbox of the account' },
    off: { help: 'nothing goes on any more' },
  },
  details:
    'Without TARGET it shows where the mail goes. Each TARGET is an address of this server or of another; they stand in the place of\nthose that were set before. A copy stays in the mailbox unless --no-copy is given. What is judged to be junk does not go on: it\nstays in the junk mailbox of the account.',
  examples: [
    'posthouse account forward alice@example.com alice@example.org --data ./mail',
    'posthouse account forward alice@example.com alice@example.org bob@example.com --no-copy --data ./mail',
    'posthouse account forward alice@example.com --off --data ./mail',
  ],
  async run(call) {
    const address = positional(call, 0)
    const change = changeOf(call)
    const outcome = await administer(call, administration =>
      change === undefined
        ? administration.showForward({ address })
        : administration.setForward({ address, ...change }),
    )
    const forward = valueFrom(outcome)
    printOne(call, forward, [inWords(forward)])
    return exitCode.ok
  },
}

/** Undefined: it is shown only. */
function changeOf(call: Call): Omit<ForwardInfo, 'address'> | undefined {
  const targets = call.positionals.slice(1)
  const [isOff, noCopy] = [call.options.flag('off'), call.options.flag('no-copy')]
  if (isOff && (targets.length > 0 || noCopy))
    throw new CommandError(exitCode.usage, '--off stands alone', 'posthouse account forward ADDRESS --off')
  if (targets.length > 0 || isOff) return { targets, keepsCopy: !noCopy }
  if (!noCopy) return undefined
  throw new CommandError(
    exitCode.usage,
    '--no-copy needs addresses that the mail goes to',
    'posthouse account forward ADDRESS TARGET --no-copy',
  )
}

function inWords({ address, targets, keepsCopy }: ForwardInfo): string {
  if (targets.length === 0) return `mail to ${address} ends in its mailbox`
  return `mail to ${address} goes on to ${targets.join(', ')}; ${keepsCopy ? 'a copy stays' : 'no copy stays'}`
}

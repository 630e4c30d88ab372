// "Are you sure?", asked only of somebody who sits there.

import type { Call, Option } from './command.ts'
import { CommandError, exitCode } from './exit.ts'

export const yesOption: Option = { help: 'do not ask' }

/** Throws when the answer is no. A script is not asked. */
export async function confirm(call: Call, question: string): Promise<void> {
  if (call.options.flag('yes') || !call.terminal.interactive) return
  const answer = await call.terminal.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(exitCode.notAllowed, 'nothing was changed')
}

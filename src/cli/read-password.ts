// A password from the keyboard, twice and unseen, or from stdin. Never from the command line, where every user of the machine can read it.

import { Secret } from '#base/secret.ts'
import { CommandError, exitCode } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** Shorter ones are taken, with a warning. */
const goodLength = 8

export async function readPassword(terminal: Terminal): Promise<Secret> {
  const password = terminal.interactive ? await typed(terminal) : await terminal.readLine()
  if (password === '') throw new CommandError(exitCode.badData, 'no password was given', 'type one, or pipe one in')
  if (password.length < goodLength)
    terminal.err(`warning: a password of fewer than ${goodLength} characters is soon guessed`)
  return new Secret(password)
}

async function typed(terminal: Terminal): Promise<string> {
  const first = await terminal.askSecret('Password: ')
  if (first === undefined) throw new CommandError(exitCode.badData, 'given up; nothing was changed')
  const second = await terminal.askSecret('Once more: ')
  if (first === second) return first
  throw new CommandError(exitCode.badData, 'the two are not the same; nothing was changed', 'try again')
}

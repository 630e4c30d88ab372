// Capabilities of IMAP to hide, as an argument: names with commas between, or none.

import { canBeHidden } from '#wire/imap/hideable.ts'
import { CommandError, exitCode } from './exit.ts'

/** In upper case. */
export function readCapabilities(text: string): readonly string[] {
  if (text === 'none') return []
  const names = text.split(',').map(name => name.trim().toUpperCase())
  const wrong = names.find(name => !canBeHidden(name))
  if (wrong === undefined) return names
  const hint = 'write them like "COMPRESS=DEFLATE,UIDONLY", or none'
  throw new CommandError(exitCode.badData, `"${wrong}" is no capability that can be hidden`, hint)
}

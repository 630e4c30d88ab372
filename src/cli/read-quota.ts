// A quota as an argument: a size, or none.

import { parseSize } from '#config/units.ts'
import { CommandError, exitCode } from './exit.ts'

/** Bytes; null: no limit. */
export function readQuota(text: string): number | null {
  if (text === 'none') return null
  const bytes = parseSize(text)
  if (bytes === undefined || bytes === 0)
    throw new CommandError(exitCode.badData, `"${text}" is no size`, 'write it like "500 MB", "2 GiB" or none')
  return bytes
}

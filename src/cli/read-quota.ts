// A quota as an argument: a size or a number of messages, or none.

import { parseSize } from '#config/units.ts'
import { CommandError, exitCode } from './exit.ts'

/** A number of messages; null: no limit. */
export function readMessageQuota(text: string): number | null {
  if (text === 'none') return null
  const messages = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined
  if (messages === undefined)
    throw new CommandError(exitCode.badData, `"${text}" is no number of messages`, 'write it like 100000, or none')
  return messages
}

/** Bytes; null: no limit. */
export function readQuota(text: string): number | null {
  if (text === 'none') return null
  const bytes = parseSize(text)
  if (bytes === undefined || bytes === 0)
    throw new CommandError(exitCode.badData, `"${text}" is no size`, 'write it like "500 MB", "2 GiB" or none')
  return bytes
}

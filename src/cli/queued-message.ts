// What the commands on one queued message share.

import { CommandError, exitCode } from './exit.ts'

export function noSuchMessage(messageId: string): CommandError {
  const message = `no message ${messageId} waits; it may have been delivered meanwhile`
  return new CommandError(exitCode.badData, message, 'posthouse queue list')
}

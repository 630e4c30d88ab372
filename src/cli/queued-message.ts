// What the commands on one queued message share.

import { unroutedHop } from '#queue/unrouted.ts'
import { CommandError, exitCode } from './exit.ts'

export function noSuchMessage(messageId: string): CommandError {
  const message = `no message ${messageId} waits; it may have been delivered meanwhile`
  return new CommandError(exitCode.badData, message, 'posthouse queue list')
}

/** The step after a look at recipients of whom some are held. */
export function nextWhenHeld(
  messageId: string,
  recipients: readonly { readonly hop: string | null; readonly heldFor: string | null }[],
): string {
  const held = recipients.filter(({ heldFor }) => heldFor !== null)
  return held.every(({ hop }) => hop === unroutedHop)
    ? 'the configuration has to let it go (send.routes; posthouse dev: --smarthost or --direct), then posthouse queue release'
    : `posthouse queue release ${messageId} lets it go`
}

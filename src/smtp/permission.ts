// Whether a command may be given now: by the listener's kind, the peer, the state table, the login.

import type { Command } from '#wire/smtp/command.ts'
import type { RefusalName } from '#wire/smtp/refusals.ts'
import { flagsOf, type Move, moveOf, type State, stepOf } from '#wire/smtp/state.ts'
import type { Conversation } from './conversation.ts'
import { mayXclient, mayXforward } from './extensions.ts'
import type { SmtpKind } from './needs.ts'

export interface Permission extends Move {
  /** A message is over with it. */
  readonly endsMessage: boolean
}

/** Where the command may lead from `state`, or the name of why it may not be given. */
export function permissionFor(conversation: Conversation, state: State, command: Command): Permission | RefusalName {
  const { needs, account, channel, transaction } = conversation
  const step = stepOf(command)
  const { offeredTo, needsLogin } = flagsOf[step]
  const elsewhere = elsewhereRefusal(needs.kind, offeredTo)
  if (elsewhere !== undefined) return elsewhere
  if (step === 'XCLIENT' && !mayXclient(conversation)) return 'xclient-denied'
  if (step === 'XFORWARD' && !mayXforward(conversation)) return 'xclient-denied'
  const move = moveOf(state, step)
  if (typeof move === 'string') return needs.kind === 'lmtp' ? inLmtp(move) : move
  if (needsLogin && needs.kind === 'submission' && account === undefined)
    return channel.tls === undefined ? 'tls-before-mail' : 'log-in-first'
  if (step === 'DATA' && transaction?.parameters.body === 'BINARYMIME') return 'binary-needs-chunks'
  return { taken: move.taken, refused: move.refused, endsMessage: step === 'DATA' || step === 'BDAT LAST' }
}

function elsewhereRefusal(
  kind: SmtpKind,
  offeredTo: (typeof flagsOf)[keyof typeof flagsOf]['offeredTo'],
): RefusalName | undefined {
  if (offeredTo === 'submission' && kind !== 'submission') return 'no-auth-here'
  if (offeredTo === 'smtp' && kind === 'lmtp') return 'use-lhlo'
  if (offeredTo === 'lmtp' && kind !== 'lmtp') return 'use-ehlo'
  return undefined
}

/** RFC 2033 4.2: without a recipient taken it has to be 503, so that no client counts it as the reply for one. */
function inLmtp(refusal: RefusalName): RefusalName {
  return refusal === 'no-valid-recipients' ? 'recipient-first' : refusal
}

// What an installation settles for itself about the mail it takes. By value, from the configuration.

import type { BareLineEnds } from './intake.ts'

export interface ContentRule {
  /** The header field's name, in any case. */
  readonly field: string
  /** In any case; encoded words are read first. */
  readonly contains: string
}

export interface ReceivePolicy {
  readonly bareLineEnds: BareLineEnds
  /** How long a full mailbox gets a temporary refusal. */
  readonly quotaGraceMs: number
  /** Mail from other servers that fits one of these is refused. */
  readonly refuseContent: readonly ContentRule[]
  /** Whether a server must have a name that leads back to its address. */
  readonly requireReverseName: boolean
  /** What becomes of mail that its domain wants refused (DMARC p=reject). */
  readonly dmarcReject: 'refuse' | 'junk'
}

export const defaultPolicy: ReceivePolicy = {
  bareLineEnds: 'refuse',
  quotaGraceMs: 7 * 24 * 3_600_000,
  refuseContent: [],
  requireReverseName: false,
  dmarcReject: 'refuse',
}

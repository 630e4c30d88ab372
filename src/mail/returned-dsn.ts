// What a delivery report that came back says (RFC 3464), whatever its form was.

import type { Header } from './header.ts'

export interface ReturnedDsn {
  /** Who reports. */
  readonly reportingMta: string | undefined
  /** ENVID, as the sender gave it. */
  readonly envelopeId: string | undefined
  readonly recipients: readonly ReturnedRecipient[]
  /** Of the message that it is about; undefined: it came back without. */
  readonly original: Header | undefined
}

export interface ReturnedRecipient {
  /** Where it was tried to deliver; undefined: not told. */
  readonly address: string | undefined
  /** As the sender wrote it, if that is told. */
  readonly originalAddress: string | undefined
  readonly action: ReturnedAction | undefined
  /** `5.1.1`; undefined: none, or none that can be read. */
  readonly status: string | undefined
  /** What the host said, without its type: `550 5.1.1 no such user`. */
  readonly diagnostic: string | undefined
  /** The host that said it. */
  readonly remoteMta: string | undefined
}

export const returnedActions = ['delivered', 'relayed', 'expanded', 'failed', 'delayed'] as const
export type ReturnedAction = (typeof returnedActions)[number]

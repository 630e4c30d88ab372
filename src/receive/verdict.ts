// The decision on a whole message, apart from how its facts came about: pure, each "no" with its name.

import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { maxReceivedFields } from './limits.ts'

export interface Facts {
  readonly bareLineEnd: 'CR' | 'LF' | undefined
  readonly receivedFields: number
  /** Submission: an address in From that is not the login's. */
  readonly foreignFrom: { readonly address: string; readonly user: string } | undefined
}

/** Undefined: take it. */
export function verdict(facts: Facts, hostname: string): Refusal | undefined {
  if (facts.bareLineEnd !== undefined) return refuse('bare-line-end', { lineEnd: facts.bareLineEnd })
  if (facts.receivedFields > maxReceivedFields) return refuse('loop', { count: facts.receivedFields })
  if (facts.foreignFrom !== undefined) return refuse('from-not-yours', { ...facts.foreignFrom, hostname })
  return undefined
}

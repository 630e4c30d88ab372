// What verifier.ts and its thread say to each other.

import type { Verified } from './facts.ts'

export interface Order {
  readonly kind: 'order'
  readonly job: number
  readonly address: string
  readonly hello: string
  readonly sender: string
  readonly hostname: string
  readonly sizeBytes: number
}

/** What the thread needs to know; it has no door of its own. */
export type Question =
  | { readonly kind: 'octets'; readonly start: number; readonly end: number }
  | { readonly kind: 'records'; readonly name: string; readonly type: string }

export type QuestionAnswer =
  | { readonly kind: 'octets'; readonly bytes: Uint8Array }
  /** As node:dns gives them. */
  | { readonly kind: 'records'; readonly records: readonly unknown[] }
  /** `code` as node:dns has it: ENOTFOUND and ENODATA are certain, anything else passes. */
  | { readonly kind: 'failed'; readonly code: string }

export type ToThread = Order | { readonly kind: 'answer'; readonly id: number; readonly answer: QuestionAnswer }

export type FromThread =
  | { readonly kind: 'question'; readonly job: number; readonly id: number; readonly question: Question }
  | { readonly kind: 'verified'; readonly job: number; readonly verified: Verified }
  | { readonly kind: 'failed'; readonly job: number; readonly error: string }

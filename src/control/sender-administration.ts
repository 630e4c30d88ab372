// What an operator sees and sets of what an account may send, as a part of the administration: plain data in and out.

import type { Outcome } from '#accounts/refusal.ts'

export interface SenderInfo {
  readonly address: string
  /** `on`, `off`, `held`: all that it sends waits in the queue. */
  readonly guard: string
  /** Why it is held; '' unless it is. */
  readonly reason: string
  /** When that was set, milliseconds since 1970; null: never. */
  readonly changedAt: number | null
  /** Null: there is none, or the configuration is not known here. */
  readonly messagesPerHour: number | null
  readonly messagesPerDay: number | null
  readonly recipientsPerHour: number | null
  readonly recipientsPerDay: number | null
  /** Which of these four are set for the account itself. */
  readonly own: readonly string[]
  /** Sent within the last hour, and the last day. */
  readonly hour: { readonly messages: number; readonly recipients: number }
  readonly day: { readonly messages: number; readonly recipients: number }
}

export interface SenderAdministration {
  showSender(request: { readonly address: string }): Promise<Outcome<SenderInfo>>
  /** `on` or `off`. Either lets go what is held, and counts anew. */
  setGuard(request: { readonly address: string; readonly guard: string }): Promise<Outcome<SenderInfo>>
  /** Null: as the configuration says. What is not given stays as it is. */
  setSenderLimits(request: {
    readonly address: string
    readonly messagesPerHour?: number | null
    readonly messagesPerDay?: number | null
    readonly recipientsPerHour?: number | null
    readonly recipientsPerDay?: number | null
  }): Promise<Outcome<SenderInfo>>
}

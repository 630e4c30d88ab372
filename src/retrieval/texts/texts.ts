// What a notice says, in one language.

export interface NoticeTexts {
  /** RFC 5646. */
  readonly tag: string
  /** Who it is from. */
  from(hostname: string): string
  readonly subject: string
  /** Why it comes. `devices` are the lines of both. */
  both(address: string): string
  /** One device: times are days like `2026-11-23`. */
  device(device: ToldDevice): string
  moreDevices(count: number): string
  /** What could happen, and what does: POP3 hides. `hidden`: how many messages are hidden now. */
  explained(hidden: number): readonly string[]
  /** What the remedies below are. */
  readonly choice: string
  /** How a remedy is asked for. */
  readonly howTo: string
  readonly administrator: string
  /** What can be done. */
  readonly remedies: { readonly [R in RemedyName]: string }
  readonly notAnswered: string
}

export type RemedyName = 'keep' | 'trash' | 'delete' | 'imap' | 'pop3' | 'show'

export interface ToldDevice {
  readonly protocol: 'imap' | 'pop3'
  /** '' if it has none. */
  readonly client: string
  readonly network: string
  readonly from: string
  readonly to: string
  readonly taken: number
  readonly removed: number
  readonly hidden: number
}

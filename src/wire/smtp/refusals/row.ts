// One refusal as data. The rows stand in the other files of this folder, one file an idea; a new one goes where its kind is.

/** Who can mend it, in a sentence for a reader. */
export const menders = {
  sender: 'Whoever writes the message, in the mail program.',
  recipient: 'The owner of the mailbox.',
  administrator: 'The administrator of this server.',
  'sending-server': 'The administrator of the server that sends.',
  program: 'Whoever made or set up the program that speaks to this server.',
  nobody: 'Nobody has to: it passes by itself.',
} as const

export type Mender = keyof typeof menders

export interface RefusalRow {
  readonly code: number
  /** RFC 3463, and IANA's registry (RFC 5248). */
  readonly enhanced: string
  /** What happened, in plain words without a full stop; `{name}` stands for a value given with the refusal. */
  readonly what: string
  readonly who: Mender
  /** How it is mended, likewise. */
  readonly mend: string
  /** Where it is written: `RFC 5321 4.2.3`. */
  readonly sections: readonly string[]
  /** For the help page, where the two sentences of the reply are not enough. Whole sentences; no `{name}`. */
  readonly why?: string
}

export type RefusalRows = Readonly<Record<string, RefusalRow>>

export const checkProgram = 'The program that speaks to this server has to be mended or set up anew'
export const tryLater = 'Your mail program or server can try again in a few minutes'
export const connectLater = 'Your mail server will try again by itself'

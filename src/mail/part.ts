// A message's MIME structure as data (RFC 2045, 2046; RFC 3501 7.4.2): where each part lies, and what its header says of it.
// Every string holds one character per octet of the message (latin1), encoded words and all: readers decode what they show.

export interface Part {
  /** Octet offsets from the start of the whole message: the part's header, then (after the blank line) its body up to, not including, the line end that belongs to the boundary. */
  readonly headerStart: number
  readonly bodyStart: number
  readonly bodyEnd: number
  /** Lines in the body. */
  readonly lines: number
  readonly fields: PartFields
  /** multipart: its parts (never empty); message/rfc822 and message/global: the one message inside; else none. */
  readonly children: readonly Part[]
  /** Set on the message itself and on every message inside one. */
  readonly envelope: Envelope | undefined
}

export interface Parameter {
  /** Lower case. */
  readonly name: string
  readonly value: string
}

export interface PartFields {
  /** Lower case, `text` when missing or malformed. */
  readonly type: string
  /** Lower case. */
  readonly subtype: string
  readonly parameters: readonly Parameter[]
  /** Content-ID, Content-Description, Content-MD5, Content-Location: unfolded, trimmed. */
  readonly id: string | undefined
  readonly description: string | undefined
  readonly md5: string | undefined
  readonly location: string | undefined
  /** Content-Transfer-Encoding, lower case; `7bit` when missing. */
  readonly encoding: string
  readonly disposition: { readonly type: string; readonly parameters: readonly Parameter[] } | undefined
  readonly languages: readonly string[]
}

/** RFC 3501 7.4.2. Missing Sender and Reply-To are already From's. */
export interface Envelope {
  readonly date: string | undefined
  readonly subject: string | undefined
  readonly from: readonly EnvelopeAddress[]
  readonly sender: readonly EnvelopeAddress[]
  readonly replyTo: readonly EnvelopeAddress[]
  readonly to: readonly EnvelopeAddress[]
  readonly cc: readonly EnvelopeAddress[]
  readonly bcc: readonly EnvelopeAddress[]
  readonly inReplyTo: string | undefined
  readonly messageId: string | undefined
}

/** A group starts with {mailbox: its name, host: undefined} and ends with {mailbox: undefined, host: undefined}. */
export interface EnvelopeAddress {
  readonly name: string | undefined
  readonly mailbox: string | undefined
  readonly host: string | undefined
}

// Every limit of the IMAP grammar. A command beyond one is answered BAD; nothing beyond one is held in memory.

/** What the receiver may hold of one command. The session raises them after login with `ImapReceiver.limits`. */
export interface ReceiverLimits {
  /** One line without its CRLF: a command's, or each piece of it between literals. */
  readonly lineBytes: number
  /** The whole command: all its lines and the literals kept in memory. */
  readonly commandBytes: number
  /** Literals kept in memory in one command: each costs a look at all that came before it. */
  readonly literals: number
}

/** Enough for AUTHENTICATE with a long token, little enough for a stranger. */
export const limitsBeforeLogin: ReceiverLimits = { lineBytes: 16_384, commandBytes: 16_384, literals: 10 }

/** RFC 7162 4 asks for 8,192 octets in a line; clients with scattered UIDs send more. */
export const limitsAfterLogin: ReceiverLimits = { lineBytes: 65_536, commandBytes: 262_144, literals: 1_000 }

/** A refused `{n+}` longer than this is not worth reading: the session had better close (RFC 7888 4). */
export const swallowBytesMax = 64 * 1024 * 1024

export const tagLengthMax = 256
/** An IMAP URL. */
export const urlLengthMax = 4_096
/** URLs of one GENURLAUTH or URLFETCH. */
export const urlsMax = 100
/** Messages of one APPEND (RFC 3502). */
export const appendMessagesMax = 1_000
/** Texts and URLs that CATENATE puts one message together from (RFC 4469). */
export const catenatePartsMax = 1_000
export const sequenceRangesMax = 20_000
export const fetchItemsMax = 256
export const headerFieldsMax = 1_000
/** Numbers in BODY[1.2.3]: as deep as mail/structure goes, and one. */
export const sectionDepthMax = 101
/** Parentheses, NOT and OR inside each other. A client's `OR a OR b OR c ...` nests as deep as it is long. */
export const searchDepthMax = 250
export const searchKeysMax = 2_000
export const keywordsMax = 100
export const keywordLengthMax = 128
/** RFC 2971 3.3: 30 pairs, names of 30 octets, values of 1,024. */
export const idPairsMax = 30
export const idNameLengthMax = 30
export const idValueLengthMax = 1_024
export const enableNamesMax = 50
/** Longer strings leave as literals: lines stay short for clients with a small buffer (RFC 2683 3.2.1.5 speaks of 1,000 octets). */
export const quotedLengthMax = 1_000
/** Keys of SORT: more than there are. */
export const sortKeysMax = 20
/** Patterns of one LIST, as many as an account has mailboxes; and options in each of its lists. */
export const listPatternsMax = 10_000
export const listOptionsMax = 20
/** Annotations named in one command, and the length of a name. */
export const metadataEntriesMax = 100
export const metadataNameLengthMax = 255
export const quotaResourcesMax = 10
/** Events of one group of NOTIFY. */
export const notifyEventsMax = 20
/** Choices of mailboxes in one command, and names in each (RFC 5465, RFC 7377). */
export const filtersMax = 100
export const filterMailboxesMax = 1_000
/** Tags in one CANCELUPDATE. */
export const cancelledTagsMax = 100

// Every limit of an IMAP session.

/** Silence after which an authenticated client is shown out; RFC 3501 5.4 asks for 30 minutes at least. */
export const autologoutMs = 31 * 60_000

/** The same before login: strangers hold no connection for long. */
export const loginTimeoutMs = 3 * 60_000

/** How often IDLE says `* OK still here`: below the 2 to 5 minutes after which mobile networks forget a quiet connection. */
export const keepAliveMs = 110_000

/** BAD answers in a row after which the connection is closed: it isn't a mail client. */
export const badCommandsMax = 20

/** Failed logins on one connection. */
export const loginFailuresMax = 5

/** A literal of a command other than APPEND's message, before and after login. */
export const literalBeforeLoginBytes = 1024
export const literalBytes = 64 * 1024

/** Octets of one APPEND's messages that wait in memory for its end. */
export const heldUploadBytes = 16 * 1024 * 1024

/** The largest message APPEND takes, unless the server is set up otherwise. */
export const messageBytes = 50 * 1024 * 1024

/** Text of responses that gathers before it is turned into bytes and sent. */
export const outputChars = 64 * 1024

/** Octets read at once of a message that is sent from its file. */
export const rangeBytes = 256 * 1024

/** Octets of one message's response that are put together in memory: structure, envelope, picked header lines. All else streams. */
export const heldResponseBytes = 8 * 1024 * 1024

/** Messages read from the database at once for FETCH and SEARCH: at most so many octets (one message may be larger), so many messages. */
export const batchBytes = 1024 * 1024
export const batchMessages = 200

/** Octets of a message read to find the end of its header: mail/limits.ts gives up there too. */
export const headerBytes = 1024 * 1024

/** The first piece of a large message read for its header: holds the header of nearly every message. */
export const headerGuessBytes = 16 * 1024

/** Octets of one text part of a large message that SEARCH looks at. */
export const searchPartBytes = 16 * 1024 * 1024

/** What NOTIFY has to tell a client that does not read: then it is told nothing any more (RFC 5465 5.8). */
export const noticesMax = 1_000

/** How often a command that takes long tells how far it is (RFC 9585 4: 10 to 15 seconds). */
export const progressMs = 10_000

/** How long a command works before it lets the other sessions have a turn. */
export const turnMs = 10

/** Messages that SEARCH compares with its keys (up to 2,000) before it looks whether its turn is over. */
export const placesPerBreath = 256

/** Keywords named in FLAGS and PERMANENTFLAGS. */
export const keywordsShown = 200

/** Messages whose flags are set, or that are expunged, in one transaction: some 20 ms of work. */
export const uidsPerWrite = 4_000

/** Combinations of keywords that a session remembers to have told. */
export const keywordCombinationsTold = 1_000

/** Characters of a pattern of LIST: longer than any name; and of all patterns of one LIST that have wildcards. */
export const namePatternChars = 2_000
export const namePatternsChars = 20_000

/** Words of a FUZZY search that are looked for one by one, and characters of a text whose words are compared with them. */
export const fuzzyWordsMax = 20
export const fuzzyTextChars = 256 * 1024

/** Characters of a word that FUZZY forgives errors in. */
export const fuzzyWordChars = 64

/** Messages that SEARCH rather reads than asks the index about them. */
export const indexedSearchPlaces = 20

/** Texts of one search that the index is asked for; reading a message answers any number at once. */
export const indexedKeysMax = 32

/** Messages of the smallest batch that UIDBATCHES gives (RFC 10022). */
export const uidBatchMin = 500

/** Characters that SORT compares of a text: a header may have a million, and a mailbox as many such headers. */
export const sortTextChars = 500

/** Characters of the references that THREAD holds of a mailbox; of further messages it holds the last two, and no more than so much of each. */
export const threadedIdChars = 128 * 1024 * 1024
export const threadedIdCharsEach = 500

/** Searches of a session that are kept up to date (RFC 5267), and messages in all of them together: each change is looked for in every one. */
export const contextsMax = 16
export const contextMessagesMax = 200_000

/** Ranges of UIDs that stand in such a search for the message numbers and the `$` of its command. */
export const contextRangesMax = 10_000

/** Octets of printed ENVELOPE and BODYSTRUCTURE that a process remembers, some 60,000 messages, and the largest that it does. */
export const printedBytes = 64 * 1024 * 1024
export const printedBytesEach = 64 * 1024

/** Blocks of 4,096 UIDs in which a session remembers whose bodies it has fetched. */
export const fetchedBlocks = 256

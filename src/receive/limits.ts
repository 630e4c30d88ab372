// Limits of taking mail in.

/** RFC 5321 6.3 wants at least 100 allowed; honest mail has some ten. */
export const maxReceivedFields = 50

/** Of those, this server's own, in what goes on from here. */
export const maxOwnReceivedFields = 5

/** Mailboxes and addresses elsewhere that one message goes to, through however many aliases: more recipients are told to come in another message. */
export const maxPlaces = 5_000

/** Addresses of a From that are looked up; nobody writes a message in the name of more. */
export const maxFromAddresses = 20

/** Of a header from another server: spaces and line ends in a row, lines in all, octets of From. */
export const maxBlankRun = 500
export const maxHeaderLines = 10_000
export const maxFromBytes = 16_384

/** Domains of which it is remembered whether they take mail, and for how long. */
export const mailDomains = 10_000
export const mailDomainMs = 600_000

/** What is read at a time of a header that is longer than the spool's head. */
export const headerPieceBytes = 65_536

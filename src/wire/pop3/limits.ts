// The limits of POP3's grammar. Lines are counted with their line end.

/** RFC 2449 4 asks for 255; passwords and names in UTF-8 want more. */
export const commandLineOctets = 1024
/** AUTH with its initial response, and each response line (RFC 5034 4 leaves it open; as RFC 4954 4 for SMTP). */
export const authLineOctets = 12_288
/** Digits of a message number or a count of lines: more is no number. */
export const numberDigits = 20
/** A listing is sent in pieces of about this size. */
export const listingPieceOctets = 16_384

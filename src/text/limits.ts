// What text/ refuses to go beyond.

/** A domain name in its ASCII form (RFC 5321 4.5.3.1.2), and one label of it (RFC 1035 2.3.4). */
export const maxDomainCharacters = 255
export const maxLabelCharacters = 63

/** A label of a charset: longer ones are unknown. */
export const maxCharsetLabelCharacters = 64

/** No date is longer: the rest is not looked at. */
export const maxDateCharacters = 200

/** Decoders kept, and labels known to have none: beyond this all are forgotten. */
export const maxRememberedCharsets = 200

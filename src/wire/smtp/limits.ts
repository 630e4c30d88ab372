// Every limit of SMTP's grammar. Octets count the line's CRLF.

/** RFC 5321 4.5.3.1.4: a command line of any verb without a limit of its own. */
export const commandLineOctets = 512

/** Verbs whose line may be longer, with what the extensions add to it. */
export const commandLineOctetsOf: Readonly<Record<string, number>> = {
  // RFC 1870 3: +26 for SIZE; RFC 6152 2: +17 for BODY; RFC 4954 3: +500 for AUTH=.
  MAIL: commandLineOctets + 26 + 17 + 500,
  // RFC 4954 4: an initial response.
  AUTH: 12_288,
}

/** RFC 4954 4: a response within a SASL exchange. */
export const saslLineOctets = 12_288

/** The longest of them all: no more of a line is ever held. */
export const longestLineOctets = 12_288

/** RFC 5321 4.5.3.1.1. */
export const localPartOctets = 64
/** RFC 5321 4.5.3.1.2. */
export const domainOctets = 255
/** RFC 5321 4.5.3.1.3: a path has 256 with its angle brackets. */
export const addressOctets = 254

/** ESMTP parameters of one command; no extension comes near. */
export const parametersPerCommand = 20

/** RFC 1870 6: digits of SIZE. */
export const sizeDigits = 20

/** Octets of one reply line (RFC 5321 4.5.3.1.5), CRLF included. */
export const replyLineOctets = 512

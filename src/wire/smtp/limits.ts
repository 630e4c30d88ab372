// Every limit of SMTP's grammar. Octets count the line's CRLF.

/** RFC 5321 4.5.3.1.4: a command line of any verb without a limit of its own. */
export const commandLineOctets = 512

/** RFC 4954 4: a response within a SASL exchange. */
export const saslLineOctets = 12_288

/** RFC 1870 6: digits of SIZE. */
export const sizeDigits = 20

/** RFC 3030 2: digits of a chunk's size. */
export const chunkSizeDigits = 20

/** RFC 4954 5: `AUTH=` and its value. */
export const authParameterCharacters = 500

/** RFC 3461 4.4 and 4.2: ENVID's value and ORCPT's. */
export const envelopeIdCharacters = 100
export const originalRecipientCharacters = 500

/** RFC 3339 with nanoseconds and a zone. */
export const dateTimeCharacters = '2026-01-01T00:00:00.000000000+00:00'.length

/** RFC 4865 3, RFC 2852 4: digits of seconds. */
export const secondsDigits = 9

/** What an extension's longest parameter adds to a line, its space included. */
const added = (parameter: string, valueCharacters = 0): number => ' '.length + parameter.length + valueCharacters

/** Verbs whose line may be longer, with what the extensions add to it. */
export const commandLineOctetsOf: Readonly<Record<string, number>> = {
  MAIL: [
    commandLineOctets,
    added('SIZE=', sizeDigits), // RFC 1870 3
    17, // BODY: RFC 6152 2
    10, // SMTPUTF8: RFC 6531 3.1
    added('RET=FULL'), // RFC 3461 4.3
    added('ENVID=', envelopeIdCharacters), // RFC 3461 4.4
    added('REQUIRETLS'), // RFC 8689 2
    added('HOLDUNTIL=', dateTimeCharacters), // RFC 4865 3
    added('BY=+', secondsDigits) + ';RT'.length, // RFC 2852 3
    added('MT-PRIORITY=-9'), // RFC 6710 3
    authParameterCharacters, // RFC 4954 3
  ].reduce((sum, octets) => sum + octets),
  RCPT: [
    commandLineOctets,
    added('NOTIFY=SUCCESS,FAILURE,DELAY'), // RFC 3461 4.1
    added('ORCPT=', originalRecipientCharacters), // RFC 3461 4.2
  ].reduce((sum, octets) => sum + octets),
  // SMTPUTF8: RFC 6531 3.1
  VRFY: commandLineOctets + 10,
  EXPN: commandLineOctets + 10,
  // An initial response.
  AUTH: saslLineOctets,
  // Postfix's own senders stay below 512 by sending several; others write NAME and HELO of 255 octets into one.
  XCLIENT: 2_048,
  XFORWARD: 2_048,
}

/** No verb is longer. */
export const verbCharacters = 8

/** The longest of them all: no more of a line is ever held. */
export const longestLineOctets = saslLineOctets

/** RFC 5321 4.5.3.1.1; of UTF-8 (RFC 6531 3.1 leaves the limits in octets). */
export const localPartOctets = 64
/** RFC 5321 4.5.3.1.2. */
export const domainOctets = 255
/** RFC 5321 4.5.3.1.3: a path has 256 with its angle brackets. */
export const addressOctets = 254

/** ESMTP parameters of one command; no extension comes near. */
export const parametersPerCommand = 20

/** XCLIENT_README: of NAME and HELO; no other attribute is longer. */
export const attributeCharacters = 255

/** Octets of one reply line (RFC 5321 4.5.3.1.5), CRLF included. */
export const replyLineOctets = 512

/** Of a value that a refusal repeats: what the line keeps of it. The test of the table sees that every row then fits. */
export const refusalValueOctets = 100

/** What is kept of a peer's reply line; servers write more than the 512 of RFC 5321 4.5.3.1.5. */
export const peerReplyLineOctets = 2_000
/** Lines kept of one reply of a peer, and all its octets: beyond them it is no server to talk with. */
export const peerReplyLines = 500
export const peerReplyOctets = 32_768
/** Keywords of a peer's EHLO that are looked at. */
export const peerKeywords = 200

// What mail/ refuses to go beyond. Nothing is refused whole: what lies beyond a limit is read as plain content.

/** One header, of the message or of a part: the line that ends beyond this is body. */
export const maxHeaderBytes = 1_048_576

/** Parts of one message, nested ones included: the last one takes the rest. */
export const maxParts = 10_000

/** Parts within parts: a multipart or message deeper than this is text. */
export const maxPartDepth = 100

/** Addresses of one field; the rest is left out. */
export const maxAddresses = 10_000

/** Parameters of one field; the rest is left out. */
export const maxParameters = 1_000

/** RFC 2046 allows 70; a multipart with a longer boundary is text. */
export const maxBoundaryCharacters = 500

/** A line that begins like a boundary, white space at its end included: a longer one is none. */
export const maxBoundaryLineBytes = 1_000

/** Message-IDs kept of References, the newest ones. */
export const maxReferences = 1_000

/** References that THREAD follows, those of all messages of a mailbox together; then only the last two of each message. */
export const maxThreadedReferences = 2_000_000

/** Text of one part that is searched, in octets of the message. */
export const maxSearchedPartBytes = 50_000_000

/** Of a Subject, what decides its thread: stripping "[a] [b] ..." costs the square of it. */
export const maxThreadSubjectCharacters = 1_000

/** RFC 5321 4.5.3.1.3 allows 254; local parts longer than its 64 exist (VERP). */
export const maxAddressCharacters = 512

/** Where an HTML page must name its charset (HTML 4.2.5.4). */
export const htmlSniffedBytes = 1_024

/** Of one field, what the header filter holds back until it can tell whether the field goes, and what it shows of the value. */
export const filteredFieldBytes = 4_096
export const filteredValueCharacters = 1_000

/** Of a server's reply, in the field of a delivery report. */
export const maxDiagnosticCharacters = 2_000

/** Of a message's subject and date, in the words of a delivery report. */
export const maxShownFieldCharacters = 200

/** A line of quoted-printable, when a body is decoded piece by piece: a longer one is decoded before it ends. */
export const maxEncodedLineBytes = 65_536

/** Octets of a message in which its preview is looked for, of the part it is made from, and of that if it is plain text. */
export const previewedBytes = 131_072
export const previewedPartBytes = 16_384
export const previewedPlainBytes = 4_096

/** RFC 8970 3.2: at most 256, and 200 are what it asks for. */
export const maxPreviewCharacters = 200

/** Of a peer's reply, what its class is decided by. */
export const maxJudgedCharacters = 600

/** Of a report that came back: recipients that are read, multiparts within multiparts, octets of plain text. */
export const maxReturnedRecipients = 100
export const maxReportDepth = 3
export const maxReturnedTextBytes = 65_536

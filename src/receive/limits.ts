// Limits of taking mail in.

/** RFC 5321 6.3 wants at least 100 allowed; honest mail has some ten. */
export const maxReceivedFields = 50

/** Addresses of a From that are looked up; nobody writes a message in the name of more. */
export const maxFromAddresses = 20

/** Addresses whose names are remembered, and for how long. */
export const peerNames = 10_000
export const peerNameMs = 600_000

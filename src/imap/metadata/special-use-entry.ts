// The use of a mailbox as one of its annotations (RFC 6154 4).

export const specialUseEntry = '/private/specialuse'

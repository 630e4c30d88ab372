// What a session has enabled (RFC 5161) that changes how commands are read and responses are printed.

export interface Dialect {
  /** IMAP4rev2 (RFC 9051). */
  readonly rev2: boolean
  /** Mailbox names and quoted strings are UTF-8 both ways: UTF8=ACCEPT (RFC 6855), and all of rev2. */
  readonly utf8: boolean
  /** The client wants MODSEQ with every change of flags (RFC 7162 3.1). */
  readonly condstore: boolean
  /** Expunges are told as VANISHED (RFC 7162 3.2). */
  readonly qresync: boolean
  /** No message sequence numbers either way (RFC 9586). */
  readonly uidOnly: boolean
}

/** How every session begins. */
export const rev1: Dialect = { rev2: false, utf8: false, condstore: false, qresync: false, uidOnly: false }

/** `enabled`: names of capabilities in upper case. */
export function dialectOf(enabled: ReadonlySet<string>): Dialect {
  const rev2 = enabled.has('IMAP4REV2')
  const qresync = enabled.has('QRESYNC')
  return {
    rev2,
    utf8: rev2 || enabled.has('UTF8=ACCEPT'),
    condstore: qresync || enabled.has('CONDSTORE'),
    qresync,
    uidOnly: enabled.has('UIDONLY'),
  }
}

/**
 * Whether every FETCH response that tells what was not asked for carries the UID: in rev2 (RFC 9051 7.5.2), and once CONDSTORE is
 * on (RFC 7162 3.2.4).
 */
export function newsHasUid({ rev2, condstore }: Dialect): boolean {
  return rev2 || condstore
}

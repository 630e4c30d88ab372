// What a command comes to: its tagged response, before the tag is put on.

import type { ParseError } from '#base/parse-error.ts'
import type { MailboxRefusal } from '#store/store.ts'
import { ImapParseError } from '#wire/imap/imap-parse-error.ts'
import type { PlainCode, ResponseCode } from '#wire/imap/response-code.ts'

export interface Reply {
  readonly status: 'OK' | 'NO' | 'BAD'
  readonly code?: ResponseCode | undefined
  /** For people. */
  readonly text: string
  /** `code` becomes HIGHESTMODSEQ, once all that happened was announced (RFC 7162 3.2.7). */
  readonly tellsModseq?: boolean
}

export function ok(text: string, code?: ResponseCode): Reply {
  return { status: 'OK', text, code }
}

export function no(code: PlainCode, text: string): Reply {
  return { status: 'NO', text, code: { code } }
}

export function bad(text: string): Reply {
  return { status: 'BAD', text }
}

/** RFC 9586 3: no message numbers once UIDONLY is enabled. */
export function uidRequired(): Reply {
  return { status: 'BAD', code: { code: 'UIDREQUIRED' }, text: 'UIDONLY is enabled: use the UID form of the command' }
}

/** A mailbox verb's "no". A missing mailbox that messages were to go to is answered TRYCREATE (RFC 3501 6.3.11, 6.4.7). */
export function refused({ kind }: MailboxRefusal, role: 'mailbox' | 'destination' = 'mailbox'): Reply {
  switch (kind) {
    case 'no-such-mailbox':
      return role === 'destination' ? no('TRYCREATE', 'There is no such mailbox: create it first') : noSuchMailbox()
    case 'already-exists':
      return no('ALREADYEXISTS', 'There is a mailbox of this name already')
    case 'name-not-allowed':
      return no('CANNOT', 'This name is not allowed for a mailbox')
    case 'inbox':
      return no('CANNOT', 'INBOX cannot be deleted')
    case 'over-quota':
      return no('OVERQUOTA', 'The account is full')
    case 'too-many':
      return no('LIMIT', 'There are too many mailboxes')
  }
}

export function noSuchMailbox(): Reply {
  return no('NONEXISTENT', 'There is no such mailbox')
}

/** No room on the disk: not the account's fault, and it may pass. */
export function diskFull(): Reply {
  return no('UNAVAILABLE', 'The disk of the server is full: nothing was stored')
}

/** To a command that could not be read. */
export function unreadable(error: ParseError): Reply {
  const { message } = error
  const code = error instanceof ImapParseError ? error.code : undefined
  if (code === 'BADCHARSET') return badCharset
  return code === undefined ? bad(message) : no(code, message)
}

const badCharset: Reply = {
  status: 'NO',
  code: { code: 'BADCHARSET', charsets: ['US-ASCII', 'UTF-8'] },
  text: 'This charset is not known here',
}

// Which right each command needs (RFC 4314 4), and the answer to those who do not have it.

import type { MailboxView } from '#store/mailbox-view.ts'
import type { Command } from '#wire/imap/command.ts'
import type { ResponseCode } from '#wire/imap/response-code.ts'
import type { Found } from './mailboxes.ts'
import { flagsWithin } from './reader-rights.ts'
import { no, type Reply, refused } from './reply.ts'

/** Commands on a mailbox by its name: one of the letters is enough. */
export const rightsByName = {
  SELECT: 'r',
  EXAMINE: 'r',
  STATUS: 'r',
  // For CREATE and the new name of a RENAME: of the mailbox above.
  CREATE: 'k',
  DELETE: 'x',
  RENAME: 'x',
  APPEND: 'i',
  REPLACE: 'i',
  COPY: 'i',
  MOVE: 'i',
  SETACL: 'a',
  DELETEACL: 'a',
  GETACL: 'a',
  LISTRIGHTS: 'a',
  MYRIGHTS: 'lrikxa',
  ESEARCH: 'r',
  GETQUOTAROOT: 'r',
  // With `l` besides (RFC 5464 3.3). SETMETADATA: of what all share, which is for those who may write.
  GETMETADATA: 'rswip',
  SETMETADATA: 'w',
  GENURLAUTH: 'r',
  // The keys are one's own.
  RESETKEY: 'r',
} as const

/** Without `l` a mailbox has no annotations for anybody, whatever else its reader may do. */
const needsLookup: ReadonlySet<string> = new Set(['GETMETADATA', 'SETMETADATA'])

/** Commands on the selected mailbox: every letter is needed. Others need nothing beyond the `r` that SELECT asked for. */
const rightsWhenSelected: Readonly<Partial<Record<Command['verb'], string>>> = {
  FETCH: 'r',
  SEARCH: 'r',
  SORT: 'r',
  THREAD: 'r',
  UIDBATCHES: 'r',
  COPY: 'r',
  EXPUNGE: 'e',
  'UID EXPUNGE': 'e',
  // RFC 6851 3.3: what copying, marking and expunging need. RFC 8508 does the same to one message.
  MOVE: 'rte',
  REPLACE: 'te',
}

/** The refusal of a command on a named mailbox; undefined: it may go on. Who may not know of a mailbox reads that there is none. */
export function refusalByName(verb: keyof typeof rightsByName, found: Found | undefined): Reply | undefined {
  if (found === undefined) return missing(verb)
  const mayLookUp = found.rights.includes('l')
  const isHidden = !mayLookUp && needsLookup.has(verb)
  if (!isHidden && [...rightsByName[verb]].some(right => found.rights.includes(right))) return undefined
  return mayLookUp ? noPermission() : missing(verb)
}

/** Where messages were to go to the client may create what is missing (RFC 3501 6.3.11, 6.4.7). */
function missing(verb: keyof typeof rightsByName): Reply {
  return refused({ kind: 'no-such-mailbox' }, rightsByName[verb] === 'i' ? 'destination' : 'mailbox')
}

/** The same for a command on the selected mailbox, by the rights as they are now. */
export function refusalWhenSelected({ readerId, rights }: MailboxView, command: Command): Reply | undefined {
  if (readerId === undefined) return undefined
  const needed = rightsWhenSelected[command.verb] ?? ''
  if (![...needed].every(right => rights.includes(right))) return noPermission()
  return command.verb === 'STORE' && !maySetAny(rights, command) ? noPermission() : undefined
}

/** RFC 9051 6.3.12, 6.4.7: a mailbox's UIDs are for those who may read it. */
export function toldUids({ rights }: Found, code: ResponseCode): ResponseCode | undefined {
  return rights.includes('r') ? code : undefined
}

export function noPermission(): Reply {
  return no('NOPERM', 'You have no right to do this here')
}

/** RFC 4314 4: a STORE is refused only if none of its flags may be changed; FLAGS alone speaks of all. */
function maySetAny(rights: string, { action, flags, keywords }: Extract<Command, { readonly verb: 'STORE' }>): boolean {
  const within = flagsWithin(rights)
  if (action === 'replace') return within.flags !== 0
  return (
    (flags & within.flags) !== 0 || (keywords.length > 0 && within.keywords) || (flags === 0 && keywords.length === 0)
  )
}

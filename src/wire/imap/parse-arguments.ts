// What follows a command's name: one reader for each, in two tables, without and with UID before it.

import type { ArgumentReader } from './argument-reader.ts'
import { ofMailbox, setAcl, withIdentifier } from './parse-acl.ts'
import { append, replace } from './parse-append.ts'
import { list, lsub } from './parse-list.ts'
import { create, rename, select, status, withMailbox } from './parse-mailboxes.ts'
import { copy, fetch, store, uidExpunge } from './parse-messages.ts'
import { getMetadata, setMetadata } from './parse-metadata.ts'
import { notify } from './parse-notify.ts'
import { getQuota, getQuotaRoot, setQuota } from './parse-quota.ts'
import { authenticate, enable, id, login } from './parse-session.ts'
import { cancelUpdate, esearch, searchCommand, sort, thread, uidBatches } from './parse-sort.ts'
import { compress, genUrlAuth, resetKey, urlFetch } from './parse-urlauth.ts'

function withoutArguments(
  verb:
    | 'CAPABILITY'
    | 'NOOP'
    | 'LOGOUT'
    | 'STARTTLS'
    | 'CHECK'
    | 'CLOSE'
    | 'UNSELECT'
    | 'EXPUNGE'
    | 'IDLE'
    | 'NAMESPACE'
    | 'UNAUTHENTICATE',
): ArgumentReader {
  return (_cursor, tag) => ({ tag, verb })
}

export const argumentReaders: ReadonlyMap<string, ArgumentReader> = new Map<string, ArgumentReader>([
  ['CAPABILITY', withoutArguments('CAPABILITY')],
  ['NOOP', withoutArguments('NOOP')],
  ['LOGOUT', withoutArguments('LOGOUT')],
  ['STARTTLS', withoutArguments('STARTTLS')],
  ['CHECK', withoutArguments('CHECK')],
  ['CLOSE', withoutArguments('CLOSE')],
  ['UNSELECT', withoutArguments('UNSELECT')],
  ['EXPUNGE', withoutArguments('EXPUNGE')],
  ['IDLE', withoutArguments('IDLE')],
  ['NAMESPACE', withoutArguments('NAMESPACE')],
  ['ID', id],
  ['ENABLE', enable],
  ['LOGIN', login],
  ['AUTHENTICATE', authenticate],
  ['SELECT', select('SELECT')],
  ['EXAMINE', select('EXAMINE')],
  ['DELETE', withMailbox('DELETE')],
  ['SUBSCRIBE', withMailbox('SUBSCRIBE')],
  ['UNSUBSCRIBE', withMailbox('UNSUBSCRIBE')],
  ['CREATE', create],
  ['RENAME', rename],
  ['LIST', list],
  ['LSUB', lsub],
  ['GETMETADATA', getMetadata],
  ['SETMETADATA', setMetadata],
  ['GETQUOTA', getQuota],
  ['GETQUOTAROOT', getQuotaRoot],
  ['SETQUOTA', setQuota],
  ['NOTIFY', notify],
  ['SETACL', setAcl],
  ['DELETEACL', withIdentifier('DELETEACL')],
  ['LISTRIGHTS', withIdentifier('LISTRIGHTS')],
  ['GETACL', ofMailbox('GETACL')],
  ['MYRIGHTS', ofMailbox('MYRIGHTS')],
  ['STATUS', status],
  ['APPEND', append],
  ['REPLACE', replace(false)],
  ['COMPRESS', compress],
  ['UNAUTHENTICATE', withoutArguments('UNAUTHENTICATE')],
  ['GENURLAUTH', genUrlAuth],
  ['URLFETCH', urlFetch],
  ['RESETKEY', resetKey],
  ['SEARCH', searchCommand(false)],
  ['SORT', sort(false)],
  ['THREAD', thread(false)],
  ['ESEARCH', esearch],
  ['CANCELUPDATE', cancelUpdate],
  ['UIDBATCHES', uidBatches],
  ['FETCH', fetch(false)],
  ['STORE', store(false)],
  ['COPY', copy('COPY', false)],
  ['MOVE', copy('MOVE', false)],
])

export const uidArgumentReaders: ReadonlyMap<string, ArgumentReader> = new Map<string, ArgumentReader>([
  ['EXPUNGE', uidExpunge],
  ['SEARCH', searchCommand(true)],
  ['SORT', sort(true)],
  ['THREAD', thread(true)],
  // RFC 7377 2 writes it so; its answers are in UIDs in any case.
  ['ESEARCH', esearch],
  ['FETCH', fetch(true)],
  ['STORE', store(true)],
  ['COPY', copy('COPY', true)],
  ['MOVE', copy('MOVE', true)],
  ['REPLACE', replace(true)],
])

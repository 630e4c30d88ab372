// The arguments of GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208 7).

import type { Cursor } from '#text/cursor.ts'
import type { Command } from './command.ts'
import type { Dialect } from './dialect.ts'
import { astring, atom, number, parenthesized, space, unicode } from './grammar.ts'
import { quotaResourcesMax } from './limits.ts'
import { mailboxName } from './mailbox-name.ts'

export function getQuota(cursor: Cursor, tag: string): Command {
  space(cursor)
  return { tag, verb: 'GETQUOTA', root: unicode(astring(cursor, 'a quota root')) }
}

export function getQuotaRoot(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  return { tag, verb: 'GETQUOTAROOT', mailbox: mailboxName(cursor, dialect) }
}

export function setQuota(cursor: Cursor, tag: string): Command {
  space(cursor)
  const root = unicode(astring(cursor, 'a quota root'))
  space(cursor)
  const options = { max: quotaResourcesMax, mayBeEmpty: true, what: 'resources' }
  const resources = parenthesized(cursor, options, () => {
    const name = atom(cursor, 'a resource').toUpperCase()
    space(cursor)
    return { name, limit: number(cursor, 'a limit') }
  })
  return { tag, verb: 'SETQUOTA', root, resources }
}

// CANCELUPDATE (RFC 5267 4.3.5). A tag that names no result does not keep the others from being let go.

import type { CommandOf } from '#imap/conversation.ts'
import { bad, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'

export function cancelUpdate({ searches }: Selected, { tags }: CommandOf<'CANCELUPDATE'>): Reply {
  const { contexts } = searches
  let isUnknown = false
  for (const tag of new Set(tags)) {
    const at = contexts.findIndex(context => context.tag === tag)
    if (at >= 0) contexts.splice(at, 1)
    else isUnknown = true
  }
  return isUnknown ? bad('No search of this tag is kept up to date') : ok('Done')
}

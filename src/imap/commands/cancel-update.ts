// CANCELUPDATE (RFC 5267 4.3.5).

import type { CommandOf } from '#imap/conversation.ts'
import { bad, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'

export function cancelUpdate({ searches }: Selected, { tags }: CommandOf<'CANCELUPDATE'>): Reply {
  const { contexts } = searches
  if (!tags.every(tag => contexts.some(context => context.tag === tag)))
    return bad('No search of this tag is kept up to date')
  for (const tag of tags) {
    const at = contexts.findIndex(context => context.tag === tag)
    if (at >= 0) contexts.splice(at, 1)
  }
  return ok('Done')
}

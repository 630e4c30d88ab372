// Uses that a mailbox of ours can have (RFC 6154 2); \All and \Flagged would be searches.

import type { SpecialUse } from '#store/mailbox.ts'

const uses: readonly SpecialUse[] = ['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash']

/** In any case; undefined for a use that no mailbox here has, and for several at once. */
export function readUse(text: string): SpecialUse | undefined {
  return uses.find(use => use.toUpperCase() === text.toUpperCase())
}

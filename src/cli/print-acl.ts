// Who an entry of an access control list speaks of, in print.

import type { AclInfo } from '#control/administration.ts'

/** With a minus where rights are taken away. */
export function printIdentifier({ identifier, negative }: Pick<AclInfo, 'identifier' | 'negative'>): string {
  return negative ? `-${identifier}` : identifier
}

// One entry of a mailbox's access control list (RFC 4314 2).

import type { RightsAction } from '#mail/rights.ts'

/** The grantee that stands for every account (RFC 4314 2). */
export const anyone = 0

export interface AclEntry {
  /** An account, or `anyone`. */
  readonly granteeId: number
  /** It takes rights away instead of giving them. */
  readonly negative: boolean
  /** Letters in the order of mail/rights.ts; never ''. */
  readonly rights: string
}

export interface AclEdit {
  readonly granteeId: number
  readonly negative: boolean
  readonly action: RightsAction
  readonly rights: string
}

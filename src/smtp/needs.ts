// What an SMTP session is given.

import type { Account, AccountWatch, Authenticator } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Intake } from '#receive/intake.ts'
import type { Spool } from '#store/spool.ts'
import type { SmtpLimits } from './limits.ts'

export type SmtpKind = 'mx' | 'submission' | 'lmtp'

export interface SmtpNeeds {
  /** `mx` for other servers (25), `submission` for mail programs (465, 587), which must log in, `lmtp` for a mail server in front of us (RFC 2033). */
  readonly kind: SmtpKind
  readonly intake: Intake
  /** Undefined but on submission. */
  readonly authenticator: Authenticator | undefined
  /** Tells when an account that has logged in may be used no more. Undefined but on submission. */
  readonly accounts: AccountWatch | undefined
  readonly spool: Spool
  readonly log: Log
  readonly clock: Clock
  /** Makes the ids of messages; the system's unless given. */
  readonly random?: Random
  readonly hostname: string
  /** Whether the host with this IP address is believed when it speaks for another (XCLIENT); nobody is unless given. */
  readonly mayXclient?: (address: string) => boolean
  /** The account that XCLIENT LOGIN means, on submission; none unless given. */
  readonly accountNamed?: (login: string) => Promise<Account | undefined>
  /** Like `mayXclient`, for where a message came in before (XFORWARD). */
  readonly mayXforward?: (address: string) => boolean
  /** The defaults of limits.ts where not given. */
  readonly limits?: Partial<SmtpLimits>
}

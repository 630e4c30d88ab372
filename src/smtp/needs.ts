// What an SMTP session is given.

import type { AccountWatch, Authenticator } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Intake } from '#receive/intake.ts'
import type { Spool } from '#store/spool.ts'
import type { SmtpLimits } from './limits.ts'

export interface SmtpNeeds {
  /** `mx` for other servers (25), `submission` for mail programs (465, 587): the latter must log in. */
  readonly kind: 'mx' | 'submission'
  readonly intake: Intake
  /** Undefined on MX. */
  readonly authenticator: Authenticator | undefined
  /** Tells when an account that has logged in may be used no more. Undefined on MX. */
  readonly accounts: AccountWatch | undefined
  readonly spool: Spool
  readonly log: Log
  readonly clock: Clock
  /** Makes the ids of messages; the system's unless given. */
  readonly random?: Random
  readonly hostname: string
  /** The defaults of limits.ts where not given. */
  readonly limits?: Partial<SmtpLimits>
}

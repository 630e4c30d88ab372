// A server under load, as the rows see it: ours, or the one we compare with, in the same run on the same machine.
import type { Port } from '../../test/support/line-client.ts'

export interface ServerUnderTest extends AsyncDisposable {
  readonly name: string
  /** Takes mail for `user` in the clear. */
  readonly mx: Port
  /** Takes mail for anybody under implicit TLS; what is for others than its users it relays to `sinkPlace`, if it does. */
  readonly submissions: Port
  /** Who has to log in there. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Implicit TLS. */
  readonly imaps: Port
  /** Implicit TLS. */
  readonly pop3s: Port
  /** The folder of its cert.pem and key.pem. */
  readonly certificates: string
  /** Mailboxes that exist, all with one password. */
  readonly users: readonly string[]
  readonly password: string
  /** Puts messages into an empty mailbox of the user by the quickest way it has; settles once the server is done with them, search index and all. */
  fill(user: string, filling: Filling): Promise<void>
  /** What DELE of POP3 does from now on for the user: removes, or hides from POP3 alone. Undefined: the server knows but the one. */
  setPop3?(user: string, onDelete: 'delete' | 'hide'): Promise<void>
  /** Octets of memory of all its processes. */
  residentBytes(): number
  /** What all its processes have had of the processor so far. */
  processorSeconds(): number
}

export interface Filling {
  readonly count: number
  /** The text of each. */
  readonly message: (number: number) => string
  /** INBOX unless told; made if it is another. */
  readonly mailbox?: string
}

/** Where the sink listens. */
export const sinkPlace: Port = { host: '127.0.0.1', port: 31_125 }

export const users: readonly string[] = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8'].map(
  name => `${name}@example.test`,
)
export const password = 'correct-horse'

/** A user of the server by number: each row fills a mailbox of its own. */
export function userOf(server: ServerUnderTest, number: number): string {
  const user = server.users[number]
  if (user === undefined) throw new RangeError(`no user ${number}`)
  return user
}

// What EHLO and LHLO offer, in one list. The keywords are the same that MAIL and RCPT take parameters of.

import { mechanismsOffered } from './auth.ts'
import type { Conversation } from './conversation.ts'
import type { SmtpKind } from './needs.ts'

interface Extension {
  readonly keyword: string
  /** To whom; all unless given. */
  readonly kinds?: readonly SmtpKind[]
  readonly if?: (conversation: Conversation) => boolean
  /** What stands behind the keyword. */
  readonly words?: (conversation: Conversation) => string
}

const submission: readonly SmtpKind[] = ['submission']
const isUnderTls = ({ channel }: Conversation) => channel.tls !== undefined

const extensions: readonly Extension[] = [
  { keyword: 'PIPELINING' },
  { keyword: 'SIZE', words: ({ limits }) => String(limits.messageBytes) },
  { keyword: '8BITMIME' },
  { keyword: 'SMTPUTF8' },
  { keyword: 'ENHANCEDSTATUSCODES' },
  { keyword: 'CHUNKING' },
  { keyword: 'BINARYMIME' },
  // LMTP hands over to us what it would report on: Postfix and Exim tell of that themselves.
  { keyword: 'DSN', kinds: ['mx', 'submission'] },
  { keyword: 'REQUIRETLS', kinds: ['mx', 'submission'], if: isUnderTls },
  { keyword: 'FUTURERELEASE', kinds: submission, words: futureRelease },
  { keyword: 'DELIVERBY', kinds: submission },
  { keyword: 'MT-PRIORITY', kinds: submission },
  { keyword: 'LIMITS', words: limits },
  { keyword: 'XCLIENT', if: mayXclient, words: () => xclientNames.join(' ') },
  { keyword: 'XFORWARD', if: mayXforward, words: () => xforwardNames.join(' ') },
  { keyword: 'STARTTLS', if: ({ channel }) => channel.canStartTls },
  {
    keyword: 'AUTH',
    kinds: submission,
    if: conversation => mechanismsOffered(conversation).length > 0,
    words: mechanisms,
  },
]

/** The attributes that Postfix documents, each for its command. */
export const xclientNames = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'LOGIN'] as const
export const xforwardNames = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'IDENT', 'SOURCE'] as const

/** The lines of a reply to EHLO. */
export function offeredLines(conversation: Conversation): readonly string[] {
  return offered(conversation).map(({ keyword, words }) =>
    words === undefined ? keyword : `${keyword} ${words(conversation)}`,
  )
}

export function offeredKeywords(conversation: Conversation): ReadonlySet<string> {
  return new Set(offered(conversation).map(({ keyword }) => keyword))
}

/** Asked of the channel itself: whom a peer speaks for has no say in it. */
export function mayXclient({ needs, channel }: Conversation): boolean {
  return needs.mayXclient?.(channel.remote.address) === true
}

export function mayXforward({ needs, channel }: Conversation): boolean {
  return needs.mayXforward?.(channel.remote.address) === true
}

function offered(conversation: Conversation): readonly Extension[] {
  return extensions.filter(
    extension => extension.kinds?.includes(conversation.needs.kind) !== false && extension.if?.(conversation) !== false,
  )
}

function mechanisms(conversation: Conversation): string {
  return mechanismsOffered(conversation).join(' ')
}

/** RFC 4865 3: the longest time in seconds, and the moment that this is from now. */
function futureRelease({ needs, limits }: Conversation): string {
  const latest = new Date(needs.clock.now() + limits.longestHoldMs).toISOString().replace(/\.\d+Z$/, 'Z')
  return `${Math.floor(limits.longestHoldMs / 1000)} ${latest}`
}

/** RFC 9422. */
function limits({ limits }: Conversation): string {
  return `RCPTMAX=${limits.recipients} MAILMAX=${limits.mailsPerSession} RCPTDOMAINMAX=${limits.recipientDomains}`
}

// What serve/ knows of a protocol: a function that runs one session on a channel.

import type { Channel } from '#io/channel.ts'

/**
 * Talks to one peer until it or we end; closes nothing itself (the listener closes the channel afterwards).
 * When `drain` fires, the session ends as its protocol says (421, BYE) as soon as what it is doing is done.
 * Rejects with ChannelError when the connection broke; anything else that rises is a fault of ours.
 */
export type RunSession = (channel: Channel, drain: AbortSignal) => Promise<void>

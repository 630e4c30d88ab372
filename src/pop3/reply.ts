// What a command answers, as data; reply-writer.ts sends it.

import { type Listing, type Ok, type Refusal, refusal } from '#wire/pop3/print.ts'
import type { Text } from '#wire/pop3/texts/texts.ts'
import type { Content } from './message-source.ts'

export interface Challenge {
  readonly kind: 'challenge'
  readonly bytes: Uint8Array
}

/** +OK and a message, sent with its dots doubled. */
export interface MessageReply {
  readonly kind: 'message'
  readonly text: Text
  readonly content: Content
}

export type Reply = Ok | Refusal | Listing | Challenge | MessageReply

export const noSuchMessage: Refusal = refusal(texts => texts.noSuchMessage)
/** RFC 3206 4: trying again does not help. */
export const messageLost: Refusal = refusal(texts => texts.messageLost, 'SYS/PERM')

/** Refused before anything secret is said. Without a code: no wrong password is meant (RFC 3206 5). */
export const needsTls: Refusal = refusal(texts => texts.needsTls)

/** As in `3 messages (120 octets)`. */
export function countText({ messages, octets }: { readonly messages: number; readonly octets: number }): Text {
  return texts => texts.counted(messages, octets)
}

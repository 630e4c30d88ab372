// What to do with a literal, before the client sends it (RFC 3501 4.3, 7.5): small ones stay in the command's text, those of APPEND and
// REPLACE stream into the spool if their mailbox, their size and all that stands before them is as it must be.

import type { Account } from '#accounts/account.ts'
import { ParseError } from '#base/parse-error.ts'
import { type AppendHead, parseAppendHead } from '#wire/imap/append-head.ts'
import type { AppendMessage } from '#wire/imap/command.ts'
import { commandStart } from '#wire/imap/parse.ts'
import type { LiteralEvent } from '#wire/imap/receiver.ts'
import { appendUrl } from './append-url.ts'
import { valueTooLong } from './commands/set-metadata.ts'
import type { Conversation } from './conversation.ts'
import { literalBeforeLoginBytes, literalBytes } from './limits.ts'
import { type Found, findMailbox } from './mailboxes.ts'
import { appendRefusal } from './message-limit.ts'
import { replacedBytes, replaceObjection } from './replaced.ts'
import { bad, no, noSuchMailbox, type Reply, uidRequired, unreadable } from './reply.ts'
import { refusalByName } from './rights.ts'
import { noRoomFor, type Room } from './upload-room.ts'

export type Decision = { readonly kind: 'memory' | 'stream' } | { readonly kind: 'refuse'; readonly reply: Reply }

/** For 'stream' the octets go to `conversation.uploads.take`. */
export async function decideLiteral(conversation: Conversation, event: LiteralEvent): Promise<Decision> {
  const { account, dialect, uploads } = conversation
  let head: AppendHead | undefined
  try {
    head = parseAppendHead(event, dialect, uploads.head)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return refuse(unreadable(error))
  }
  if (head === undefined || !head.streams) return inMemory(conversation, event)
  if (account === undefined) return refuse(bad('Log in first'))
  if (conversation.hides(commandStart(event.soFar).verb)) return refuse(bad('There is no such command'))
  const objection = uploads.problem ?? (await objectionTo(conversation, account, { head, event }))
  if (objection !== undefined) return refuse(objection)
  uploads.head = head
  uploads.begin(head.messages.at(-1)?.parts.at(-1)?.kind ?? 'text')
  return { kind: 'stream' }
}

/** What stands between the last literal that streamed and the end of `messages`: URLs. With `open` the last message goes on. A problem, if there is one. */
export async function takeParts(
  conversation: Conversation,
  account: Account,
  {
    messages,
    room,
    open,
  }: { readonly messages: readonly AppendMessage[]; readonly room: Room; readonly open: boolean },
): Promise<Reply | undefined> {
  const { uploads } = conversation
  for (const [index, { parts }] of messages.entries()) {
    for (const part of parts.slice(uploads.parts)) {
      if (part.kind !== 'url') continue
      const problem = await appendUrl(conversation, account, { url: part.url, room })
      if (problem !== undefined) return problem
    }
    if (open && index === messages.length - 1) return undefined
    const problem = await uploads.finish()
    if (problem !== undefined) return problem
  }
  return undefined
}

function inMemory(conversation: Conversation, { size, fits, soFar }: LiteralEvent): Decision {
  const { account } = conversation
  const most = account === undefined ? literalBeforeLoginBytes : literalBytes
  if (size <= most && fits) return { kind: 'memory' }
  const isAnnotation = account !== undefined && size > most && commandStart(soFar).verb === 'SETMETADATA'
  return refuse(
    isAnnotation && !conversation.hides('SETMETADATA') ? valueTooLong() : no('TOOBIG', 'The literal is too long'),
  )
}

async function objectionTo(
  conversation: Conversation,
  account: Account,
  { head, event }: { readonly head: AppendHead; readonly event: LiteralEvent },
): Promise<Reply | undefined> {
  const { uploads, selected } = conversation
  if (head.verb === 'REPLACE') {
    if (selected === undefined) return bad('Select a mailbox first')
    if (conversation.dialect.uidOnly && !head.uid) return uidRequired()
    const objection = replaceObjection(selected, head)
    if (objection !== undefined) return objection
  }
  const found = await findMailbox(conversation, account, head.mailbox)
  const refusal = refusalByName(head.verb, found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  if (head.verb === 'REPLACE' && uploads.count + head.messages.length > 1) return bad('REPLACE takes one message')
  const tooMany = appendRefusal(conversation, uploads.count + head.messages.length)
  if (tooMany !== undefined) return tooMany
  const room = roomOf(conversation, found, head)
  const problem = await takeParts(conversation, account, { messages: head.messages, room, open: true })
  return problem ?? (await noRoomFor(conversation, room, event.size))
}

function roomOf({ selected }: Conversation, { accountId }: Found, head: AppendHead): Room {
  const givenUp = head.verb === 'REPLACE' && selected !== undefined ? replacedBytes(selected, head, accountId) : 0
  return { accountId, givenUp }
}

function refuse(reply: Reply): Decision {
  return { kind: 'refuse', reply }
}

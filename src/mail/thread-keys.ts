// What decides the thread a message belongs to (RFC 5256 2.1, 2.2): its id, the ids it refers to, its subject without Re: and the like.

import { decodeEncodedWords } from '#text/encoded-word.ts'
import { foldCase } from '#text/fold-case.ts'
import { trimSpace } from '#text/trim.ts'
import { firstValue, type Header, readHeader } from './header.ts'
import { maxReferences, maxThreadSubjectCharacters } from './limits.ts'

export interface ThreadKeys {
  /** Message-IDs are without their angle brackets. */
  readonly messageId: string | undefined
  /** Oldest first, each once; In-Reply-To's first if there is no References. */
  readonly references: readonly string[]
  /** Folded (`foldCase`), so that equal subjects are equal strings. */
  readonly baseSubject: string
}

/** `head`: the message, or its header alone. */
export function threadKeys(head: Uint8Array): ThreadKeys {
  const header = readHeader(head)
  const { messageId, references } = threadIds(header)
  return {
    messageId,
    references: [...new Set(references)],
    baseSubject: foldCase(baseSubject(decodeEncodedWords(firstValue(header, 'subject') ?? ''))),
  }
}

/** A message's own id and those it refers to, in their order, as often as they stand there: the last one is what it answers (RFC 5256 3). */
export function threadIds(header: Header): Pick<ThreadKeys, 'messageId' | 'references'> {
  const references = messageIds(firstValue(header, 'references') ?? '')
  const inReplyTo = messageIds(firstValue(header, 'in-reply-to') ?? '')
  return {
    messageId: messageIds(firstValue(header, 'message-id') ?? '')[0],
    references: references.length > 0 ? references.slice(-maxReferences) : inReplyTo.slice(0, 1),
  }
}

/** RFC 5256 2.1's base subject of a decoded Subject, in its own case. */
export function baseSubject(decodedSubject: string): string {
  return readSubject(decodedSubject).base
}

/** The base subject, and whether what was taken off says that the message answers or forwards another one (RFC 5256 3, step 5). */
export function readSubject(decodedSubject: string): { readonly base: string; readonly isReply: boolean } {
  let subject = decodedSubject.slice(0, maxThreadSubjectCharacters).replace(/[ \t\r\n]+/g, ' ')
  let isReply = false
  for (;;) {
    const before = subject
    const untrailed = withoutTrailers(trimSpace(subject))
    const { rest, hadLeader } = withoutLeaders(untrailed)
    const forwarded = /^\[fwd:(.*)\]$/is.exec(rest)
    isReply ||= hadLeader || forwarded !== null || /\(fwd\) ?$/i.test(subject)
    subject = forwarded === null ? rest : (forwarded[1] ?? '')
    if (subject === before) return { base: subject, isReply }
  }
}

function withoutTrailers(subject: string): string {
  let end = subject.length
  for (;;) {
    if (subject[end - 1] === ' ') end -= 1
    else if (end >= 5 && subject.slice(end - 5, end).toLowerCase() === '(fwd)') end -= 5
    else return subject.slice(0, end)
  }
}

// "Re:", "Fw:", "Fwd:" with blobs ("[list]") before and between; a blob alone only if something is left after it.
const leader = /(?:\[[^[\]]*\] ?)*(?:re|fwd?) ?(?:\[[^[\]]*\] ?)?: ?/iy
const blob = /\[[^[\]]*\] ?/y

function withoutLeaders(subject: string): { readonly rest: string; readonly hadLeader: boolean } {
  let at = 0
  for (;;) {
    const end = matchEnd(leader, subject, at)
    if (end < 0) break
    at = end
  }
  const afterBlob = matchEnd(blob, subject, at)
  const rest = subject.slice(afterBlob > 0 && afterBlob < subject.length ? afterBlob : at)
  return { rest, hadLeader: at > 0 }
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

/** As nearly every Message-ID and In-Reply-To is. */
const onlyId = /^<[^<>\s]+>$/

function messageIds(value: string): readonly string[] {
  if (value === '') return []
  if (onlyId.test(value)) return [plainId(value.slice(1, -1))]
  const ids = Array.from(value.matchAll(/<([^<>]+)>/g), match => plainId(trimSpace(match[1] ?? '')))
  const found = ids.filter(id => id !== '')
  if (found.length > 0) return found
  // Old programs write an id without brackets.
  return value.includes('@') && !/[\s<>]/.test(value) ? [value] : []
}

/** RFC 5256 3: quotes that need not be there make no other id. */
function plainId(id: string): string {
  const quoted = id.startsWith('"') ? /^"((?:[^"\\]|\\.)*)"(@.*)$/s.exec(id) : null
  return quoted === null ? id : (quoted[1] ?? '').replace(/\\(.)/gs, '$1') + (quoted[2] ?? '')
}

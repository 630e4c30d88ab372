// White space and comments between the tokens of structured fields (RFC 5322 3.2.2).

import { type Cursor, characterSet } from '#text/cursor.ts'

const whiteSpace = characterSet(' \t\r\n')
const plainCommentText = inverseOf(characterSet('()\\'))

/** Steps over white space and comments; gives the text of the last comment, undefined if there was none. Never throws. */
export function skipComments(cursor: Cursor): string | undefined {
  let comment: string | undefined
  for (;;) {
    cursor.skipWhile(whiteSpace)
    if (cursor.peek !== '(') return comment
    comment = takeComment(cursor)
  }
}

/** The set of all octets that are not in `set`. */
export function inverseOf(set: Uint8Array): Uint8Array {
  return set.map(member => 1 - member)
}

/** The content of a quoted string at whose opening quote the cursor stands. An unclosed one goes to the end. */
export function takeQuoted(cursor: Cursor): string {
  cursor.take('"')
  let content = ''
  for (;;) {
    content += cursor.takeWhile(plainQuotedText)
    if (cursor.done || cursor.take('"')) return content
    cursor.take('\\')
    content += takeOne(cursor)
  }
}

const plainQuotedText = inverseOf(characterSet('"\\'))

function takeComment(cursor: Cursor): string {
  let content = ''
  let depth = 0
  do {
    content += cursor.takeWhile(plainCommentText)
    if (cursor.take('(')) {
      if (depth > 0) content += '('
      depth += 1
    } else if (cursor.take(')')) {
      depth -= 1
      if (depth > 0) content += ')'
    } else {
      cursor.take('\\')
      content += takeOne(cursor)
    }
  } while (depth > 0 && !cursor.done)
  return content
}

function takeOne(cursor: Cursor): string {
  const character = cursor.peek
  cursor.at += character.length
  return character
}

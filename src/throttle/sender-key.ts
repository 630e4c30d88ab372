// One sender under all the addresses it writes from: mailing lists and shops put a number of the message or of the reader into theirs (VERP),
// and each of their messages would be a new sender's.

/** In lower case, numbers of the local part as `#`: `bounce-4711@list.test` is `bounce-#@list.test`. '' for the null path. */
export function senderKey(address: string): string {
  const folded = address.toLowerCase()
  const at = folded.lastIndexOf('@')
  const localPart = at < 0 ? folded : folded.slice(0, at)
  return localPart.replace(/[0-9a-f]{8,}|[0-9]+/g, '#') + folded.slice(localPart.length)
}

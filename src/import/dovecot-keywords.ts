// Dovecot's list of a mailbox's keywords, dovecot-keywords: a line `<number> <keyword>` for each; a to z in a file name are 0 to 25.

/** What no atom of IMAP holds (RFC 3501 9) is left out. */
export function readDovecotKeywords(text: string): ReadonlyMap<number, string> {
  const keywords = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [, number, name] = /^(\d{1,2}) ([!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]{1,100})\r?$/.exec(line) ?? []
    if (number !== undefined && name !== undefined) keywords.set(Number(number), name)
  }
  return keywords
}

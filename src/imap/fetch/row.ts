// FETCH items that the session's columns answer: FLAGS, UID, INTERNALDATE, RFC822.SIZE, MODSEQ (RFC 7162), EMAILID and THREADID (RFC 8474),
// SAVEDATE (RFC 8514).

import { emailIdAt, threadIdAt } from '#imap/object-ids.ts'
import type { Output } from '#imap/output.ts'
import type { Selected } from '#imap/selected.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { printInternalDate } from '#wire/imap/date.ts'
import { printEmailId, printThreadId } from '#wire/imap/object-id.ts'

/** Prints those of `items` that it can, separated by spaces, '' if none: `UID 7 FLAGS (\Seen)`. What it prints as flags counts as told. */
export function rowPrinter(selected: Selected, items: readonly FetchItem[], output: Output): (place: number) => string {
  const printers = items.map(item => itemPrinter(selected, item, output)).filter(print => print !== undefined)
  const [first, second, ...others] = printers
  if (first === undefined) return () => ''
  if (second === undefined) return first
  if (others.length === 0) return place => `${first(place)} ${second(place)}`
  return place => printers.map(print => print(place)).join(' ')
}

function itemPrinter(selected: Selected, item: FetchItem, output: Output): ((place: number) => string) | undefined {
  const { accountId } = selected.view
  switch (item.kind) {
    case 'uid':
      return place => `UID ${selected.uidAt(place)}`
    case 'flags':
      return place => {
        selected.markTold(place)
        return `FLAGS (${selected.flagText(place, output)})`
      }
    case 'internaldate':
      return place => `INTERNALDATE ${printInternalDate(selected.columns.dates[place] ?? 0)}`
    case 'rfc822.size':
      return place => `RFC822.SIZE ${selected.columns.sizes[place] ?? 0}`
    case 'modseq':
      return place => `MODSEQ (${selected.modseqAt(place)})`
    case 'emailid':
      return place => `EMAILID (${printEmailId(emailIdAt(selected.columns, place, accountId))})`
    case 'threadid':
      return place => `THREADID (${printThreadId(threadIdAt(selected.columns, place, accountId))})`
    case 'savedate':
      return place => `SAVEDATE ${printInternalDate(selected.columns.savedDates[place] ?? 0)}`
    default:
      return undefined
  }
}

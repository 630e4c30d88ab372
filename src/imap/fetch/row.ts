// FETCH items that the session's columns answer: FLAGS, UID, INTERNALDATE, RFC822.SIZE.

import type { Output } from '#imap/output.ts'
import type { Selected } from '#imap/selected.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { printInternalDate } from '#wire/imap/date.ts'

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
    default:
      return undefined
  }
}

// `$` in a command (RFC 5182 2, RFC 9051 6.4.4.1): the saved result in its place. What was expunged since is not in it any more.

import { placesIn, rangesOfUids } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import type { Command, SequenceSet } from '#wire/imap/command.ts'
import { isSaved } from '#wire/imap/sequence-set.ts'

/** The command with the saved messages' numbers, or UIDs, where it says `$`; else itself. */
export function resolveSaved(command: Command, selected: Selected): Command {
  switch (command.verb) {
    case 'FETCH':
    case 'STORE':
    case 'COPY':
    case 'MOVE':
      return isSaved(command.set) ? { ...command, set: savedSet(selected, command.uid) } : command
    case 'UID EXPUNGE':
      return isSaved(command.set) ? { ...command, set: savedSet(selected, true) } : command
    default:
      return command
  }
}

function savedSet(selected: Selected, byUid: boolean): SequenceSet {
  const places = savedPlaces(selected)
  return runsOf(places.map(place => (byUid ? selected.uidAt(place) : place + 1)))
}

/** The places of the saved messages that the client still knows, ascending. */
function savedPlaces(selected: Selected): readonly number[] {
  return [...placesIn(rangesOfUids(runsOf(selected.searches.saved), selected.columns, selected.exists))]
}

/** Ascending numbers as a set. */
export function runsOf(numbers: readonly number[]): SequenceSet {
  const runs: { from: number; to: number }[] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last !== undefined && last.to + 1 === number) last.to = number
    else runs.push({ from: number, to: number })
  }
  return runs
}

// FETCH's responses (RFC 3501 7.4.2): with back-pressure, no more is made than the client takes; from what is at hand where that is enough.

import type { Conversation } from '#imap/conversation.ts'
import { batchMessages } from '#imap/limits.ts'
import { placesIn, type Range, rangesSize } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import { Answers, type Fetched } from './answers.ts'
import { beginning } from './beginning.ts'
import { messageBatches } from './message-batches.ts'
import type { FetchPlan } from './plan.ts'
import { rowPrinter } from './row.ts'

export async function fetchMessages(
  conversation: Conversation,
  selected: Selected,
  ranges: readonly Range[],
  plan: FetchPlan,
): Promise<Fetched> {
  if (!plan.readsMessages) return await fetchRows(conversation, selected, ranges, plan)
  const answers = new Answers(conversation, selected, plan)
  const total = rangesSize(ranges)
  let done = 0
  for (const group of groupsOf(placesIn(ranges))) {
    if (plan.isPrintable) await fetchPrinted(conversation, selected, group, answers)
    else
      for await (const batch of messageBatches(conversation.needs.store, selected, group)) await answers.tellAll(batch)
    done += group.length
    conversation.progress(done, total)
  }
  return answers.result
}

/** The fast way: nothing but columns. */
async function fetchRows(
  conversation: Conversation,
  selected: Selected,
  ranges: readonly Range[],
  { items }: FetchPlan,
): Promise<Fetched> {
  const { output } = conversation
  const begin = beginning(conversation, selected)
  const print = rowPrinter(selected, items, output)
  for (const { first, last } of ranges) {
    for (let place = first; place <= last; place += 1) {
      // Made first: printing flags may say a line of its own.
      const row = print(place)
      output.text(`${begin(place)}${row})\r\n`)
      if (output.isFull) await conversation.breathe()
    }
  }
  return 'all'
}

/** The places in order: those known in print are told so, the others are read. */
async function fetchPrinted(
  { needs }: Conversation,
  selected: Selected,
  places: readonly number[],
  answers: Answers,
): Promise<void> {
  const known = places.map(place => answers.printedOf(place))
  const missing = places.filter((_, index) => known[index] === undefined)
  let next = 0
  const tellKnownUpTo = async (end: number) => {
    for (; next < end; next += 1) {
      const text = known[next]
      if (text !== undefined) await answers.tellPrinted(places[next] ?? 0, text)
    }
  }
  for await (const batch of messageBatches(needs.store, selected, missing)) {
    for (const message of batch) {
      await tellKnownUpTo(places.indexOf(message.place, next))
      await answers.tell(message)
    }
  }
  await tellKnownUpTo(places.length)
}

function* groupsOf(places: Iterable<number>): Generator<readonly number[]> {
  let group: number[] = []
  for (const place of places) {
    group.push(place)
    if (group.length < batchMessages) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

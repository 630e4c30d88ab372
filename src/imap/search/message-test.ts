// SEARCH keys in full, for a message that the columns left open. Within AND and OR the cheap keys go first: columns, header, body.

import type { Selected } from '#imap/selected.ts'
import { foldCase } from '#text/fold-case.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { columnTest } from './column-test.ts'
import type { SearchedMessage } from './searched-message.ts'

export type MessageTest = (place: number, message: SearchedMessage) => boolean | Promise<boolean>

export function messageTest(key: SearchKey, selected: Selected): MessageTest {
  switch (key.key) {
    case 'header': {
      const text = foldCase(key.text)
      return (_place, message) => message.fieldHolds(key.name, text)
    }
    case 'body': {
      const text = foldCase(key.text)
      return (_place, message) => message.bodyHolds(text)
    }
    case 'text': {
      const text = foldCase(key.text)
      return async (_place, message) => (await message.headerHolds(text)) || (await message.bodyHolds(text))
    }
    case 'sentbefore':
      return sentTest(day => day < key.day)
    case 'senton':
      return sentTest(day => day === key.day)
    case 'sentsince':
      return sentTest(day => day >= key.day)
    case 'not': {
      const test = messageTest(key.of, selected)
      return async (place, message) => !(await test(place, message))
    }
    case 'or':
      return combined([key.left, key.right], selected, true)
    case 'and':
      return combined(key.all, selected, false)
    default: {
      const test = columnTest(key, selected)
      return place => test(place) === 'yes'
    }
  }
}

function sentTest(holds: (day: number) => boolean): MessageTest {
  return async (_place, message) => {
    const day = await message.sentDay()
    return day !== undefined && holds(day)
  }
}

/** `decisive` is what one key's result must be to settle the whole. */
function combined(keys: readonly SearchKey[], selected: Selected, decisive: boolean): MessageTest {
  const tests = keys.toSorted((a, b) => cost(a) - cost(b)).map(key => messageTest(key, selected))
  return async (place, message) => {
    for (const test of tests) if ((await test(place, message)) === decisive) return decisive
    return !decisive
  }
}

function cost(key: SearchKey): number {
  switch (key.key) {
    case 'body':
    case 'text':
      return 2
    case 'header':
    case 'sentbefore':
    case 'senton':
    case 'sentsince':
      return 1
    case 'not':
      return cost(key.of)
    case 'or':
      return Math.max(cost(key.left), cost(key.right))
    case 'and':
      return key.all.reduce((most, one) => Math.max(most, cost(one)), 0)
    default:
      return 0
  }
}

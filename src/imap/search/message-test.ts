// SEARCH keys in full, for a message that the columns left open. Within AND and OR the cheap keys go first: columns, header, body.

import { foldCase } from '#text/fold-case.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { columnTest } from './column-test.ts'
import { fuzzyTest } from './fuzzy-test.ts'
import type { SearchGround } from './search-ground.ts'
import type { SearchedMessage } from './searched-message.ts'

export type MessageTest = (place: number, message: SearchedMessage) => boolean | Promise<boolean>

export function messageTest(key: SearchKey, ground: SearchGround): MessageTest {
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
      return (_place, message) => message.anyTextHolds(text)
    }
    case 'sentbefore':
      return sentTest(day => day < key.day)
    case 'senton':
      return sentTest(day => day === key.day)
    case 'sentsince':
      return sentTest(day => day >= key.day)
    case 'fuzzy':
      return isText(key.of) ? fuzzyTest(key.of) : messageTest(fuzzyWithin(key.of), ground)
    case 'not': {
      const test = messageTest(key.of, ground)
      return async (place, message) => !(await test(place, message))
    }
    case 'or':
      return combined([key.left, key.right], ground, true)
    case 'and':
      return combined(key.all, ground, false)
    default: {
      const test = columnTest(key, ground)
      return place => test(place) === 'yes'
    }
  }
}

type TextKey = Extract<SearchKey, { readonly text: string }>

function isText(key: SearchKey): key is TextKey {
  return key.key === 'header' || key.key === 'body' || key.key === 'text'
}

/** FUZZY of several keys is FUZZY of each (RFC 6203 3); of one without a text it changes nothing. */
function fuzzyWithin(key: SearchKey): SearchKey {
  switch (key.key) {
    case 'header':
    case 'body':
    case 'text':
      return { key: 'fuzzy', of: key }
    case 'not':
      return { key: 'not', of: fuzzyWithin(key.of) }
    case 'or':
      return { key: 'or', left: fuzzyWithin(key.left), right: fuzzyWithin(key.right) }
    case 'and':
      return { key: 'and', all: key.all.map(fuzzyWithin) }
    default:
      return key
  }
}

function sentTest(holds: (day: number) => boolean): MessageTest {
  return async (_place, message) => {
    const day = await message.sentDay()
    return day !== undefined && holds(day)
  }
}

/** `decisive` is what one key's result must be to settle the whole. */
function combined(keys: readonly SearchKey[], ground: SearchGround, decisive: boolean): MessageTest {
  const tests = keys.toSorted((a, b) => cost(a) - cost(b)).map(key => messageTest(key, ground))
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
    case 'fuzzy':
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

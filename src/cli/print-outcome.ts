// Why a recipient was not reached, as the eye reads it: what was said, what that means, who can mend it.

import type { OutcomeClass } from '#mail/outcome.ts'
import { outcomeWords, wordsOf } from '#mail/outcome-words.ts'
import { limits } from './limits.ts'
import { printable, wrapped } from './table.ts'

export interface Refused {
  readonly class: string | null
  readonly status: string | null
  readonly reply: string
}

/** With two spaces before each. */
export function refusedLines({ class: why, status, reply }: Refused): readonly string[] {
  const codes = [why, status].filter(text => text !== null).join(', ')
  const said = printable(`  ${codes}: ${reply}`)
  if (why === null || !isOutcomeClass(why)) return [said]
  const { happened, mender } = wordsOf({ class: why, status, reply })
  const text = `${happened} Who can mend it: ${mender}`.replaceAll('{host}', 'this server')
  return [said, ...wrapped(text, limits.lineWidth, '  ')]
}

function isOutcomeClass(text: string): text is OutcomeClass {
  return Object.hasOwn(outcomeWords, text)
}

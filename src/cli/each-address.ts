// The accounts that a command is for: the one that was named, or all of them.

import type { Administration } from '#control/administration.ts'
import { valueFrom } from './outcome.ts'

/** Their addresses; all of them in the order of `account list`. */
export async function* eachAddress(
  administration: Administration,
  only: string | undefined,
): AsyncGenerator<string, undefined> {
  if (only !== undefined) {
    yield only
    return
  }
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const page = valueFrom(await administration.listAccounts(after === undefined ? {} : { after }))
    for (const { address } of page.items) yield address
    after = page.next
  }
}

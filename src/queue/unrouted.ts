// The hop of what no route leads anywhere for now, named as no route can be. When it is released its route is asked for again, as before each try: it goes there, or is held as before.

import type { Bringer } from './bringer.ts'

export const unroutedHop = '(none)'

/** Brings nothing: whatever is taken up for this hop goes to another, or is held. */
export const noBringer: Bringer = {
  mostRecipients: 1,
  isUsable: true,
  mayLinger: false,
  bring: ({ message }) => Promise.reject(new Error(`no route leads to where ${message.messageId} is to go`)),
  [Symbol.asyncDispose]: async () => {},
}

// The end of a server: as cleanly as it can, and in any case within the time that was promised.

import { limits } from './limits.ts'

/** What is not ended by then is cut off: everything that was answered is on the disk already. */
export async function stopInTime(app: AsyncDisposable): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, limits.stopMs)
  await Promise.race([app[Symbol.asyncDispose](), late])
  clearTimeout(timer)
}

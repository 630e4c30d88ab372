// Who speaks before the greeting does not listen: a program that sends spam (RFC 5321 3.1 lets a client wait for 220).

import { setImmediate } from 'node:timers/promises'
import type { Lifetimes } from './lifetimes.ts'

/** Whether the client waits to be greeted: for `delayMs`, and at least until what it has sent already can be seen. */
export async function waitsForGreeting(lifetimes: Lifetimes, delayMs: number): Promise<boolean> {
  return await lifetimes.isSilentDuring(silence(lifetimes, delayMs))
}

async function silence(lifetimes: Lifetimes, delayMs: number): Promise<void> {
  if (delayMs > 0) return await lifetimes.pause(delayMs)
  // A whole turn of the event loop begins with the second: the first may be at the end of the turn that we are in.
  await setImmediate()
  await setImmediate()
}

// A whole number that the caller of a test run may give in the environment, to run it longer or from another seed.

import assert from 'node:assert/strict'

/** Undefined if it is not set. Throws if it is no number. */
export function environmentNumber(name: string): number | undefined {
  const text = process.env[name]
  if (text === undefined) return undefined
  assert.match(text, /^\d{1,15}$/, `${name} is a number`)
  return Number(text)
}

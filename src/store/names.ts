// What a mailbox may be called (RFC 9051 5.1): Unicode in NFC, '/' between levels, INBOX in one spelling.

import { limits } from './limits.ts'
import { delimiter } from './mailbox.ts'

export const inbox = 'INBOX'

/** The one spelling of a name: NFC, and INBOX in upper case as the first level. */
export function normalName(name: string): string {
  if (name === inbox) return inbox
  // No u flag: with it the Kelvin sign and its like would be letters of ASCII.
  return name.normalize('NFC').replace(/^inbox(?=\/|$)/i, inbox)
}

/** Whether a mailbox may be made with this name (normalised). */
export function nameIsAllowed(name: string): boolean {
  if (Buffer.byteLength(name) > limits.nameBytes) return false
  const levels = name.split(delimiter)
  return (
    levels.length <= limits.nameLevels &&
    levels.every(level => level !== '') &&
    !forbidden.test(name) &&
    name.isWellFormed()
  )
}

// Control characters and line ends of Unicode (RFC 5198 2), LIST's wildcards, at the start the mark of foreign namespaces and ours.
const forbidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029%*]|^#|^Other Users(?:\/|$)/u

/** 'a/b/c' → ['a', 'a/b']. */
export function parentsOf(name: string): string[] {
  const parents: string[] = []
  for (let at = name.indexOf(delimiter); at >= 0; at = name.indexOf(delimiter, at + 1)) parents.push(name.slice(0, at))
  return parents
}

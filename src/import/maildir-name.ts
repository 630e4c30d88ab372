// The name of a message's file in a Maildir: what stays the same of it, and the flags behind `:2,`.

import { flag } from '#mail/flags.ts'

export interface MaildirName {
  /** Unique, and the same for the life of the message. */
  readonly base: string
  /** Letters of its flags: D, F, P, R, S, T; a to z are keywords. */
  readonly letters: string
}

export function readMaildirName(file: string): MaildirName {
  const colon = file.indexOf(':')
  if (colon < 0) return { base: file, letters: '' }
  const info = file.slice(colon + 1)
  // `:1,` is of an experiment, and says nothing that concerns us.
  return { base: file.slice(0, colon), letters: info.startsWith('2,') ? info.slice(2) : '' }
}

const bits: Readonly<Record<string, number>> = {
  D: flag.draft,
  F: flag.flagged,
  R: flag.answered,
  S: flag.seen,
  T: flag.deleted,
}

/** `keywords`: those that a to z stand for. */
export function flagsOf(
  letters: string,
  keywords: ReadonlyMap<number, string>,
): { readonly flags: number; readonly keywords: string } {
  let flags = 0
  const names = new Set<string>()
  for (const letter of letters) {
    flags |= bits[letter] ?? 0
    const name = letter === 'P' ? '$Forwarded' : keywords.get(letter.charCodeAt(0) - 'a'.charCodeAt(0))
    if (name !== undefined) names.add(name)
  }
  return { flags, keywords: [...names].join(' ') }
}

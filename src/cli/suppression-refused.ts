// Why an entry was not put on the list of suppressed recipients, in words.

import type { SuppressionEntry } from '#control/suppression-entry.ts'
import { CommandError, exitCode } from './exit.ts'

interface Why {
  readonly says: (entry: SuppressionEntry) => string
  readonly next: string
}

const whys: Readonly<Record<string, Why>> = {
  'bad-address': {
    says: ({ recipient }) => `"${recipient}" is no mail address`,
    next: 'write it like bob@example.org',
  },
  'bad-domain': { says: ({ domain }) => `"${domain}" is no domain name`, next: 'write it like example.com' },
  'no-such-account': { says: ({ account }) => `there is no account ${account}`, next: 'posthouse account list' },
  'no-such-domain': { says: ({ domain }) => `there is no domain ${domain} here`, next: 'posthouse domain list' },
  'bad-setting': {
    says: ({ reason }) => `"${reason}" is no reason that is known here`,
    next: 'unknown, complaint or manual',
  },
  'list-full': {
    says: () => 'that list has as many entries as there may be',
    next: 'posthouse suppress remove takes some off',
  },
}

export function suppressionRefused(entry: SuppressionEntry, why: string): CommandError {
  const words = whys[why]
  const code = why === 'no-such-account' ? exitCode.noSuchAccount : exitCode.badData
  return new CommandError(code, words?.says(entry) ?? why, words?.next)
}

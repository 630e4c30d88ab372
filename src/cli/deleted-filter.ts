// Which of the removed messages are meant: the options that `mail deleted` and `mail restore` share.

import type { DeletedFilter } from '#control/administration.ts'
import { systemClock } from '#io/clock.ts'
import type { Call, Option } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { readSince } from './read-since.ts'

export const filterOptions: Readonly<Record<string, Option>> = {
  mailbox: { value: 'NAME', help: 'only those that were in this mailbox' },
  since: { value: 'TIME', help: 'only those removed since then: 2026-11-23, "2026-11-23 06:55Z", or "2 h" ago' },
  by: { value: 'PROTOCOL', help: 'only those removed by imap, or by pop3' },
}

export function filterFrom({ options }: Call): DeletedFilter {
  const [mailbox, since, by] = [options.text('mailbox'), options.text('since'), options.text('by')]
  if (by !== undefined && by !== 'imap' && by !== 'pop3')
    throw new CommandError(exitCode.usage, `no message is removed by "${by}"`, 'imap or pop3')
  return {
    ...(mailbox === undefined ? {} : { mailbox }),
    ...(since === undefined ? {} : { since: readSince(since, systemClock.now()) }),
    ...(by === undefined ? {} : { by }),
  }
}

// Whose list of suppressed recipients a command means: an account's, or that of a domain of ours.

import type { SuppressionScope } from '#control/sending-administration.ts'
import type { SuppressionEntry } from '#control/suppression-entry.ts'
import type { Call, Option } from './command.ts'
import { CommandError, exitCode } from './exit.ts'

export const scopeOptions: Readonly<Record<string, Option>> = {
  account: { value: 'ADDRESS', help: 'the list of this account' },
  domain: { value: 'DOMAIN', help: 'the list for all that is sent under this domain of ours' },
}

/** Empty: none was named. */
export function readScope({ options }: Call): SuppressionScope {
  const [account, domain] = [options.text('account'), options.text('domain')?.replace(/^@/, '')]
  if (account !== undefined && domain !== undefined)
    throw new CommandError(exitCode.usage, '--account and --domain are both given', 'give one of them')
  return { ...(account === undefined ? {} : { account }), ...(domain === undefined ? {} : { domain }) }
}

export function hasScope({ account, domain }: SuppressionScope): boolean {
  return account !== undefined || domain !== undefined
}

/** Throws when none is named. */
export function readOneScope(call: Call, question: string): SuppressionScope {
  const scope = readScope(call)
  if (hasScope(scope)) return scope
  throw new CommandError(
    exitCode.usage,
    question,
    'name an account of ours (--account), or a domain of ours (--domain)',
  )
}

/** In words: `alice@example.com`, `all of example.com`. */
export function printScope({ account, domain }: Pick<SuppressionEntry, 'account' | 'domain'>): string {
  return account ?? `all of ${domain}`
}

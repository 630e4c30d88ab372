// A DNS that knows what it was told, for tests. What was not told does not exist.

import { isIP } from 'node:net'
import type { Answer, Dns, MailExchanger } from './dns.ts'

type Records<R> = Readonly<Record<string, readonly R[] | 'unknown'>>

/** By address or name, names in lower case; `unknown` gives no answer. */
export interface FixedAnswers {
  readonly pointers?: Records<string>
  readonly addresses?: Records<string>
  readonly exchangers?: Records<MailExchanger>
  readonly texts?: Records<string>
}

export function fixedDns(answers: FixedAnswers = {}): Dns {
  return {
    pointers: async address => answer(answers.pointers, address),
    addresses: async (name, family) => ofFamily(answer(answers.addresses, name.toLowerCase()), family),
    exchangers: async domain => answer(answers.exchangers, domain.toLowerCase()),
    texts: async name => answer(answers.texts, name.toLowerCase()),
  }
}

function answer<R>(records: Records<R> | undefined, key: string): Answer<R> {
  const known = records?.[key] ?? []
  if (known === 'unknown') return { kind: 'unknown' }
  return known.length === 0 ? { kind: 'none' } : { kind: 'found', records: known }
}

function ofFamily(found: Answer<string>, family: 4 | 6 | undefined): Answer<string> {
  if (family === undefined || found.kind !== 'found') return found
  const records = found.records.filter(address => isIP(address) === family)
  return records.length === 0 ? { kind: 'none' } : { kind: 'found', records }
}

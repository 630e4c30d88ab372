// A DNS that knows what it was told, for tests. What was not told does not exist, and what an alias leads to neither (RFC 6604 3).

import { isIP } from 'node:net'
import type { Answer, Dns, MailExchanger } from './dns.ts'

type Records<R> = Readonly<Record<string, readonly R[] | 'unknown'>>

/** By address or name, names in lower case; `unknown` gives no answer. */
export interface FixedAnswers {
  readonly pointers?: Records<string>
  readonly addresses?: Records<string>
  readonly exchangers?: Records<MailExchanger>
  readonly texts?: Records<string>
  readonly aliases?: Records<string>
}

export function fixedDns(answers: FixedAnswers = {}): Dns {
  const { pointers, addresses, exchangers, texts, aliases } = answers
  const answer = <R>(records: Records<R> | undefined, name: string): Answer<R> => {
    const key = name.toLowerCase()
    const known = records?.[key] ?? []
    if (known === 'unknown') return { kind: 'unknown' }
    if (known.length > 0) return { kind: 'found', records: known }
    const nameExists = [pointers, addresses, exchangers, texts].some(table => table?.[key] !== undefined)
    return { kind: 'none', nameExists }
  }
  return {
    pointers: async address => answer(pointers, address),
    addresses: async (name, family) => ofFamily(answer(addresses, name), family),
    exchangers: async domain => answer(exchangers, domain),
    texts: async name => answer(texts, name),
    aliases: async name => answer(aliases, name),
  }
}

function ofFamily(found: Answer<string>, family: 4 | 6 | undefined): Answer<string> {
  if (family === undefined || found.kind !== 'found') return found
  const records = found.records.filter(address => isIP(address) === family)
  return records.length === 0 ? { kind: 'none', nameExists: true } : { kind: 'found', records }
}

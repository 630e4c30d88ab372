// A DNS that knows what it was told, for tests. What was not told does not exist, and what an alias leads to neither (RFC 6604 3).

import { isIP } from 'node:net'
import type { Answer, Dns, MailExchanger, TlsaRecord } from './dns.ts'
import { limits } from './limits.ts'

type Records<R> = Readonly<Record<string, readonly R[] | 'unknown'>>

/** By address or name, names in lower case; `unknown` gives no answer. */
export interface FixedAnswers {
  readonly pointers?: Records<string>
  readonly addresses?: Records<string>
  readonly exchangers?: Records<MailExchanger>
  readonly texts?: Records<string>
  readonly aliases?: Records<string>
  readonly tlsa?: Records<TlsaRecord>
  /** The names whose answers DNSSEC vouches for; `all` of them, or none unless told. */
  readonly authentic?: readonly string[] | 'all'
}

export function fixedDns(answers: FixedAnswers = {}): Dns {
  const { pointers, addresses, exchangers, texts, aliases, tlsa, authentic = [] } = answers
  const vouchedFor = (name: string) => authentic === 'all' || authentic.includes(name)
  const answer = <R>(records: Records<R> | undefined, asked: string, follows = true): Answer<R> => {
    const names = follows ? wayFrom(asked.toLowerCase(), records) : [asked.toLowerCase()]
    const name = names.at(-1) ?? ''
    const known = records?.[name] ?? []
    if (known === 'unknown') return { kind: 'unknown' }
    const isAuthentic = names.every(vouchedFor)
    if (known.length > 0) return { kind: 'found', records: known, isAuthentic, name }
    const nameExists = [pointers, addresses, exchangers, texts, tlsa].some(table => table?.[name] !== undefined)
    return { kind: 'none', nameExists, isAuthentic }
  }
  /** The name and what its aliases lead to. */
  const wayFrom = <R>(start: string, records: Records<R> | undefined): readonly string[] => {
    const names = [start]
    for (let name = start; names.length <= limits.dnsAliases && records?.[name] === undefined; ) {
      const [next] = aliases?.[name] ?? []
      if (next === undefined || aliases?.[name] === 'unknown') break
      name = next.toLowerCase()
      names.push(name)
    }
    return names
  }
  return {
    pointers: async address => answer(pointers, address),
    addresses: async (name, family) => ofFamily(answer(addresses, name), family),
    exchangers: async domain => answer(exchangers, domain),
    texts: async name => answer(texts, name),
    aliases: async name => answer(aliases, name, false),
    tlsa: async name => answer(tlsa, name),
  }
}

function ofFamily(found: Answer<string>, family: 4 | 6 | undefined): Answer<string> {
  if (family === undefined || found.kind !== 'found') return found
  const records = found.records.filter(address => isIP(address) === family)
  if (records.length > 0) return { ...found, records }
  return { kind: 'none', nameExists: true, isAuthentic: found.isAuthentic }
}

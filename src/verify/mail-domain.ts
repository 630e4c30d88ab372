// Whether a domain says that it takes no mail at all (RFC 7505): one MX record, preference 0, host ".".

import type { Dns } from '#io/dns.ts'

/** Undefined when DNS gives no answer: nothing is to be refused for that. `domain` in A-labels. */
export async function takesNoMail(dns: Dns, domain: string): Promise<boolean | undefined> {
  const answer = await dns.exchangers(domain)
  if (answer.kind === 'unknown') return undefined
  return answer.kind === 'found' && answer.records.length === 1 && answer.records[0]?.host === ''
}

// Who stands behind a domain's mail hosts: what goes there from one of our addresses shares one pace, however many domains it is for.

import { isIP } from 'node:net'
import { mailProvider } from '#mail/mail-provider.ts'

/**
 * The name of one of the large providers (`google`), else what the best host's name has after its first label (`example.org` of
 * mx1.example.org), else the host itself. Coarser or finer than who really owns it in places: that costs some speed, never mail.
 * @param hosts by preference, one at least
 */
export function providerOf(hosts: readonly string[]): string {
  for (const host of hosts) {
    const known = mailProvider(host)
    if (known !== undefined) return known
  }
  const host = (hosts[0] ?? '').toLowerCase().replace(/\.$/, '')
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return host
  const labels = host.split('.')
  return labels.length > 2 ? labels.slice(1).join('.') : host
}

// Names that DNS knows nothing of: `localhost` and all below it are this machine (RFC 6761 6.3), as a smarthost on it is called.

import type { Answer, Dns } from './dns.ts'

/** That door, which knows them too. */
export function withLocalNames(dns: Dns): Dns {
  return {
    ...dns,
    addresses: async (name, family) => (isLocal(name) ? loopback(name, family) : await dns.addresses(name, family)),
  }
}

function isLocal(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name)
}

function loopback(name: string, family: 4 | 6 | undefined): Answer<string> {
  const both = [...(family === 6 ? [] : ['127.0.0.1']), ...(family === 4 ? [] : ['::1'])]
  return { kind: 'found', records: both, isAuthentic: false, name: name.toLowerCase().replace(/\.$/, '') }
}

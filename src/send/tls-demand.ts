// What a connection to one host must be before mail goes over it. Made by tls-policy.ts, held against the peer by judge-tls.ts.

import type { TlsaRecord } from '#io/dns.ts'

export type TlsDemand =
  /** Never (a setting for peers that stumble). */
  | { readonly kind: 'none' }
  /**
   * Encrypted where the peer offers it, whoever it is (RFC 7435); in the clear otherwise, and after a handshake that failed.
   * `tested`: the names that an MTA-STS policy in testing mode wants, none for a host that it does not have; a miss is noted for the report, and blocks nothing (RFC 8461 5).
   */
  | { readonly kind: 'opportunistic'; readonly tested?: readonly string[] | undefined }
  /** Encrypted, whoever it is. */
  | { readonly kind: 'encrypted' }
  /** Encrypted, and a trusted certificate for one of these names (RFC 8461 4.1, 8689 4.2.1): a host name, or `*.` before one label less. `by`: what demands it. */
  | { readonly kind: 'verified'; readonly names: readonly string[]; readonly by: 'mta-sts' | 'requiretls' | 'setting' }
  /** Encrypted, and what the records say (RFC 7672). `names`: first the one that has the records, which is also the one that is asked for (SNI); then those of the host, of what its alias leads to, of the mail domain. Records none of which we can use: encrypted only. */
  | { readonly kind: 'dane'; readonly records: readonly TlsaRecord[]; readonly names: readonly string[] }

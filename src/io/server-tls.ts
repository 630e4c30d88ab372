// What a channel needs for the server's part in a TLS handshake. `tls/contexts.ts` provides it.

import type { SecureContext } from 'node:tls'

export interface ServerTls {
  /** The certificate and settings for a peer that asked for `servername` (SNI, any case), or for no name. */
  context(servername: string | undefined): SecureContext
  /** Whether the peer is asked for a certificate. It may come without one, or with one that nobody vouches for. */
  readonly asksForCertificate: boolean
}

// What a channel needs for the server's part in a TLS handshake. `tls/contexts.ts` provides it.

import type { SecureContext } from 'node:tls'

export interface ServerTls {
  /** The certificate and settings for a peer that asked for `servername` (SNI, any case), or for no name. */
  context(servername: string | undefined): SecureContext
}

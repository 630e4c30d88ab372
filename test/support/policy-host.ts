// An HTTPS server that hands out MTA-STS policies (RFC 8461 3.3), one for each host name that it is asked under.

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { PeerCertificate } from './peer-certificates.ts'

export interface PolicyHost extends AsyncDisposable {
  /** Host names that were asked for, in order. */
  readonly asked: readonly string[]
}

/** On port 443, where senders look. `policies`: by host name, lines without their ends. */
export async function startPolicyHost(
  host: string,
  certificate: PeerCertificate,
  policies: Readonly<Record<string, readonly string[]>>,
): Promise<PolicyHost> {
  const asked: string[] = []
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    asked.push(name)
    const policy = policies[name]
    const isThere = policy !== undefined && request.url === '/.well-known/mta-sts.txt'
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/plain' })
    response.end(isThere ? policy.map(line => `${line}\r\n`).join('') : 'not here\n')
  })
  server.listen(443, host)
  await once(server, 'listening')
  return {
    asked,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

// A TLS server that greets and does nothing else, in a process of its own: what a connection costs before any of our code. Run as a program it is that server.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { LineClient } from '../../test/support/line-client.ts'
import { residentBytes } from '../measure.ts'

/** Octets of memory of one idle connection, with the certificate in `folder` (cert.pem, key.pem). */
export async function bareTlsBytes(
  folder: string,
  connections: { unmeasured: number; measured: number },
): Promise<number> {
  const child = spawn(process.execPath, [import.meta.filename, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [chunk] = await once(child.stdout, 'data')
  const port = Number(String(chunk))
  const clients: LineClient[] = []
  const openTo = async (count: number): Promise<void> => {
    while (clients.length < count) {
      const client = await LineClient.open({ host: '127.0.0.1', port }, true)
      await client.lastLine('* OK')
      clients.push(client)
    }
  }
  await openTo(connections.unmeasured)
  const before = residentBytes([child.pid ?? 0])
  await openTo(connections.unmeasured + connections.measured)
  const after = residentBytes([child.pid ?? 0])
  for (const client of clients) client.close()
  child.kill('SIGKILL')
  await once(child, 'exit')
  return (after - before) / connections.measured
}

if (import.meta.main) {
  const folder = process.argv[2] ?? ''
  const [cert, key] = ['cert.pem', 'key.pem'].map(name => readFileSync(join(folder, name)))
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, (socket: TLSSocket) => {
    socket.on('error', () => {})
    socket.on('data', () => {})
    socket.write('* OK\r\n')
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object') process.stdout.write(String(address?.port))
  })
}

// A host that is dead as hosts on the internet are: nothing answers, not even a refusal. Its process listens with hardly any room, fills that up
// itself, and sleeps for good, so that the system drops whoever else comes. Run as a program it is that process: HOST PORT.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

export interface DeadHost extends AsyncDisposable {
  readonly host: string
}

export async function startDeadHost(host: string, port: number): Promise<DeadHost> {
  const child = spawn(process.execPath, [import.meta.filename, host, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    host,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

if (import.meta.main) {
  const [host = '', port = ''] = process.argv.slice(2)
  const place = { host, port: Number(port) }
  const server = createServer()
  // Before the loop goes on, and takes what comes: the sockets connect meanwhile, for that is the system's work.
  server.listen({ ...place, backlog: 1 }, () => {
    for (let number = 0; number < 8; number += 1) connect(place).on('error', () => {})
    process.stdout.write('listening\n', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
  })
}

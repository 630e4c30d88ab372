// Posthouse as its users start it: `posthouse dev` in a process of its own, over a folder that is removed at the end.

import { join } from 'node:path'
import { run } from '../../test/support/program.ts'
import { type ServerOptions, startServer } from '../../test/support/running-server.ts'
import { ImapLoad } from '../load/imap.ts'
import { atRest, processorSeconds, processTree, residentBytes } from '../measure.ts'
import { type Filling, password, type ServerUnderTest, users } from './server.ts'

export interface PosthouseUnderTest extends ServerUnderTest {
  readonly startSeconds: number
  readonly processId: number
}

/** Starts it; settles when it printed `ready`. `words`: more for `posthouse dev`. */
export async function startPosthouse(
  options: Pick<ServerOptions, 'data' | 'words' | 'config'> = {},
): Promise<PosthouseUnderTest> {
  const running = await startServer({ accounts: users.map(address => ({ address, password })), ...options })
  const { host, ports } = running
  const server = {
    name: 'Posthouse',
    mx: { host, port: ports.smtp },
    submissions: { host, port: ports.submissions },
    login: { user: users[0] ?? '', password },
    imaps: { host, port: ports.imaps },
    pop3s: { host, port: ports.pop3s },
    certificates: join(running.data, 'tls'),
    users,
    password,
    startSeconds: running.startSeconds,
    processId: running.processId,
    async fill(user: string, { mailbox = 'INBOX', count, message }: Filling) {
      const load = await ImapLoad.login(server, user)
      if (mailbox !== 'INBOX') await load.command(`CREATE ${mailbox}`)
      await load.append(mailbox, count, message)
      load.client.close()
      // The index begins a second after the last message.
      await new Promise(settle => setTimeout(settle, 1_500))
      await atRest(processTree(running.processId))
    },
    async setPop3(user: string, onDelete: 'delete' | 'hide') {
      const main = join(import.meta.dirname, '../../bin/posthouse.js')
      await run(process.execPath, [main, 'account', 'pop3', user, '--on-delete', onDelete, '--data', running.data])
    },
    residentBytes: () => residentBytes(processTree(running.processId)),
    processorSeconds: () => processorSeconds(processTree(running.processId)),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
  return server
}

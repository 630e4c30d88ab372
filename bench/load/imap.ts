// IMAP as load: log in, fill a mailbox, and time one command from its first octet to its tagged answer.

import { LineClient } from '../../test/support/line-client.ts'
import type { ServerUnderTest } from '../servers/server.ts'

export class ImapLoad {
  readonly client: LineClient
  #tag = 0

  private constructor(client: LineClient) {
    this.client = client
  }

  static async login(server: ServerUnderTest, user: string): Promise<ImapLoad> {
    const client = await LineClient.open(server.imaps, true)
    await client.lastLine('* OK')
    const load = new ImapLoad(client)
    await load.command(`LOGIN ${user} ${server.password}`)
    return load
  }

  /** Settles with the tagged line. Throws when it isn't OK. */
  async command(text: string): Promise<string> {
    this.#tag += 1
    const tag = `t${this.#tag}`
    this.client.write(`${tag} ${text}\r\n`)
    const line = await this.client.lastLine(`${tag} `)
    if (!line.startsWith(`${tag} OK`)) throw new Error(`${text.slice(0, 60)}: ${line}`)
    return line
  }

  /** Appends messages, 100 in flight at a time, with non-synchronizing literals. */
  async append(mailbox: string, count: number, message: (number: number) => string): Promise<void> {
    for (let first = 0; first < count; first += 100) {
      const batch = Math.min(100, count - first)
      for (let number = first; number < first + batch; number += 1) {
        const text = message(number)
        this.client.write(`a${number} APPEND ${mailbox} {${text.length}+}\r\n${text}\r\n`)
      }
      const last = await this.client.lastLine(`a${first + batch - 1} `)
      if (!last.includes(' OK')) throw new Error(`APPEND: ${last}`)
    }
  }
}

/** Messages in the user's INBOX, as STATUS says. */
export async function messagesIn(server: ServerUnderTest, user: string): Promise<number> {
  const load = await ImapLoad.login(server, user)
  load.client.write('s STATUS INBOX (MESSAGES)\r\n')
  const text = await load.client.lines(2)
  load.client.close()
  return Number(/MESSAGES (\d+)/.exec(text)?.[1])
}

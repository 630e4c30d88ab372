// Who reads the log may end before the server does (`posthouse serve 2>&1 | logger`): the server goes on without it, and ends when it is told to.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { deliver, readMailbox } from '../support/mail-client.ts'
import { alice, startServer } from '../support/running-server.ts'

test('the reader of the log is gone: mail is taken and read, and SIGTERM ends it', { timeout: 30_000 }, async t => {
  const server = await startServer({
    accounts: [alice],
    config: offset => ({
      hostname: 'mail.example.test',
      tls: { ownAuthority: ['127.0.0.1'] },
      limits: { freeBytes: 0 },
      receive: { greylist: { enabled: false } },
      listeners: [
        { protocol: 'mx', host: '127.0.0.1', port: offset + 25 },
        { protocol: 'imap', host: '127.0.0.1', port: offset + 993, tls: 'implicit' },
      ],
    }),
  })
  t.after(async () => {
    await server.kill()
    await server[Symbol.asyncDispose]()
  })
  const log = server.child.stderr
  assert.ok(log)
  log.destroy()
  await once(log, 'close')
  await deliver(server, Buffer.from('Subject: still here\r\n\r\n'), { to: [alice.address] })
  assert.equal((await readMailbox(server, alice)).length, 1)
  assert.equal(await server.stop(), 0)
})

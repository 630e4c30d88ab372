// What an operator sees of mail to other hosts, with real servers: held by `posthouse dev`, then sent to a smarthost, and followed.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

const main = join(import.meta.dirname, '../../bin/posthouse.js')

describe('mail to other hosts, seen from the command line', () => {
  let folder: string
  let data: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-sending-'))
    data = join(folder, 'data')
  })
  after(async () => await rm(folder, { recursive: true, force: true }))

  /** Settles with what it printed; its exit code must be `code`. */
  const posthouse = async (words: readonly string[], code = 0) => {
    const { stdout, stderr } = await run(process.execPath, [main, ...words, '--data', data], { codes: [code] })
    return { out: stdout.toString(), err: stderr }
  }
  const lineOf = async (words: readonly string[]) =>
    JSON.parse((await posthouse([...words, '--json'])).out.split('\n')[0] ?? '')

  test('dev holds it and says so; a smarthost takes it, and what it refuses is explained', async () => {
    let messageId = ''
    {
      await using held: RunningServer = await startServer({ data, accounts: [alice] })
      assert.match(
        held.banner,
        /^Other hosts +mail for them is held: (posthouse|npm run -s posthouse --) queue list --data /m,
      )
      const sent = await posthouse(['send-test', 'you@far.test'], 75)
      assert.match(
        sent.out,
        /^taken as [0-9a-f]{16}, from postmaster@example\.test\nyou@far\.test: held: posthouse dev lets no mail out\n$/,
      )
      assert.match(sent.err, /^next: the configuration has to let it go/)
      messageId = (await lineOf(['queue', 'list', '--state', 'held', '--domain', 'far.test'])).messageId
      assert.match((await posthouse(['send-test', alice.address])).out, /\nalice@example\.test: delivered: 250 /)
      const offered = (await posthouse(['probe', 'smtp', `localhost:${held.ports.smtp}`])).out
      assert.match(offered, /^ {3}~> EHLO /m)
      assert.match(offered, /: it takes connections\n {2}offers: PIPELINING, .*\n {2}TLS: TLSv1\.3 /)
    }
    assert.match(
      (await posthouse(['queue', 'show', messageId])).out,
      /you@far\.test: held \(posthouse dev lets no mail out\)/,
    )
    const accounts = [{ address: 'you@far.test', password: 'your-secret' }]
    await using sink = await startServer({ accounts })
    await using _sending = await startServer({
      ...{ data, accounts: [alice] },
      words: ['--smarthost', `localhost:${sink.ports.smtp}`],
    })
    await posthouse(['queue', 'release', messageId])
    const sent = await posthouse(['send-test', 'you@far.test', '--from', alice.address])
    assert.match(sent.out, /^try, .* TLSv1\.3 /m)
    assert.match(sent.out, /~> RCPT TO:<you@far\.test>\n/)
    assert.match(sent.out, /\nyou@far\.test: delivered: 250 2\.0\.0 Taken as /)
    assert.equal((await posthouse(['queue', 'list'])).err, 'none\n')
    const refused = await posthouse(['send-test', 'nobody@far.test', '--from', alice.address], 69)
    assert.match(refused.out, /<~\* 550 5\.1\.1 <nobody@far\.test>/)
    assert.match(refused.out, /\nnobody@far\.test: refused for good\n {2}recipient-unknown, 5\.1\.1: 550 5\.1\.1 /)
    const route = await lineOf(['probe', 'mx', 'far.test'])
    assert.deepEqual([route.hop, route.isSmarthost, route.hosts[0].port], ['smarthost', true, sink.ports.smtp])
    const stats = await lineOf(['queue', 'stats'])
    assert.deepEqual([stats.messages, stats.recipients, stats.oldestAt], [0, 0, null])
  })

  test('a host that says nothing holds up no end, and its message is there at the next start', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    // A string is a unix socket's.
    const { port } = silent.address() as AddressInfo
    {
      const words = ['--smarthost', `127.0.0.1:${port}`]
      await using server = await startServer({ data, accounts: [alice], words })
      const connected = once(silent, 'connection')
      const sent = run(process.execPath, [main, 'send-test', 'you@far.test', '--data', data], { codes: [75] })
      await connected
      const began = performance.now()
      assert.equal(await server.stop(), 0)
      assert.ok(performance.now() - began < 10_000)
      assert.match((await sent).stderr, /^next: posthouse status$/m)
    }
    silent.close()
    assert.equal((await lineOf(['queue', 'list', '--domain', 'far.test'])).recipients[0].address, 'you@far.test')
    await posthouse(['queue', 'drop', '--domain', 'far.test'])
  })

  test('without a server: nothing is sent, and it can be looked all the same', async () => {
    const { err } = await posthouse(['send-test', 'you@far.test'], 69)
    assert.match(err, /^posthouse: the server does not run, and nobody would send it\nnext: posthouse serve\n$/)
    const closed = await posthouse(['probe', 'smtp', '127.0.0.1:1'], 69)
    assert.match(closed.out, /^127\.0\.0\.1: it cannot be used\n {2}network: /m)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReturnPaths } from '#accounts/return-paths.ts'
import { localDelivery } from '#deliver/local.ts'
import type { Dns } from '#io/dns.ts'
import { fixedDns } from '#io/fixed-dns.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { Cursor } from '#text/cursor.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { parsePath } from '#wire/smtp/path.ts'
import { MailDomains } from './mail-domains.ts'
import { mxIntake } from './mx.ts'
import { defaultPolicy } from './policy.ts'

const path = (address: string) => parsePath(new Cursor(`<${address}>`)) ?? assert.fail()

// A session has a thousand MAILs: they must not be a thousand questions to name servers of the client's choice.
test('DNS is not asked of a sender who has named none of our mailboxes', async () => {
  await using place = await TemporaryQueue.open()
  const { clock, log, store, directory } = place
  const asked: string[] = []
  const dns: Dns = {
    ...fixedDns({}),
    exchangers: async domain => {
      asked.push(domain)
      return { kind: 'none', nameExists: false, isAuthentic: false }
    },
  }
  const intake = mxIntake({
    resolver: directory,
    queue: place.queue,
    returnPaths: await ReturnPaths.open({ database: place.needs.database, clock, random: seededRandom(1) }),
    returns: undefined,
    store,
    hostname: 'mail.example.test',
    delivery: localDelivery({ store, clock, log }),
    clock,
    log,
    policy: defaultPolicy,
    isTrusted: () => false,
    mailDomains: new MailDomains(dns, clock),
    peerChecks: undefined,
    verifier: undefined,
    greylist: undefined,
    recipientRate: undefined,
  })
  const client = {
    address: '192.0.2.1',
    port: 4711,
    name: undefined,
    hello: 'x',
    protocol: 'ESMTP' as const,
    tls: undefined,
    account: undefined,
    connection: 'mx-1',
  }
  const sender = { messageId: 'm1', path: path('a@far.test'), parameters: noMailParameters, origin: undefined }
  const begun = await intake.begin(client, sender)
  if (begun.kind === 'refused') return assert.fail()
  assert.equal((await begun.recipient(path('nobody@example.test'), noRecipientParameters))?.reason, 'no-such-mailbox')
  assert.deepEqual(asked, [])
  assert.equal(await begun.recipient(path('alice@example.test'), noRecipientParameters), undefined)
  assert.deepEqual(asked, ['far.test'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { refuse } from '#wire/smtp/refusals.ts'
import { type DeliveryReport, Reporter } from './reports.ts'
import { TemporaryQueue } from './temporary-queue.ts'

async function reportOf(place: TemporaryQueue): Promise<DeliveryReport> {
  const outcome = { kind: 'delivered' } as const
  return {
    messageId: 'm1',
    sender: { accountId: 1, address: 'alice@example.test' },
    parameters: noMailParameters,
    arrivedAt: place.clock.now(),
    fields: 'Received: here\r\n',
    spooled: await place.message('Subject: tea\r\n\r\nhot\r\n'),
    recipients: [
      { address: 'bob@example.test', parameters: { ...noRecipientParameters, notify: ['SUCCESS'] }, outcome },
      { address: 'carol@example.test', parameters: noRecipientParameters, outcome },
      {
        address: 'erin@example.test',
        parameters: noRecipientParameters,
        outcome: refuse('no-such-mailbox', { address: 'erin@example.test' }),
      },
    ],
  }
}

test('a report names those that asked for it, and brings the message back if one failed', async () => {
  await using place = await TemporaryQueue.open()
  await new Reporter(place.needs).tell(await reportOf(place))
  const [report = ''] = await place.inbox('alice')
  assert.deepEqual(
    [...report.matchAll(/^Final-Recipient: rfc822; (.*)\r\nAction: (.*)\r$/gm)].map(match => match.slice(1)),
    [
      ['bob@example.test', 'delivered'],
      ['erin@example.test', 'failed'],
    ],
  )
  assert.match(report, /550 5\.1\.1 <erin@example\.test>: there is no such mailbox here/)
  assert.match(report, /\r\nReceived: here\r\nSubject: tea\r\n\r\nhot\r\n/)
})

test('what a report brings back is lines, whatever came', async () => {
  await using place = await TemporaryQueue.open()
  const file = (encoding: string, body: string) =>
    `Content-Type: a/b\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`
  const spooled = await place.message(file('binary', '\0\n'))
  const parameters = { ...noMailParameters, body: 'BINARYMIME' } as const
  await new Reporter(place.needs).tell({ ...(await reportOf(place)), parameters, spooled })
  const [report = ''] = await place.inbox('alice')
  assert.ok(report.includes(`\r\n${file('base64', 'AAoNCg==')}`), report)
})

test('nobody asked, nobody to tell: no report', async () => {
  await using place = await TemporaryQueue.open()
  const reporter = new Reporter(place.needs)
  const report = await reportOf(place)
  await reporter.tell({ ...report, recipients: report.recipients.slice(1, 2) })
  await reporter.tell({ ...report, sender: { accountId: 1, address: '' } })
  await reporter.tell({ ...report, sender: { accountId: 99, address: 'gone@example.test' } })
  assert.deepEqual(await place.inbox('alice'), [])
  assert.deepEqual(await place.store.mailboxes(99), [])
})

test('a sender whose address lies elsewhere reads the report in the account that sent it', async () => {
  await using place = await TemporaryQueue.open()
  const report = await reportOf(place)
  await new Reporter(place.needs).tell({ ...report, sender: { accountId: 1, address: 'alice@elsewhere.test' } })
  assert.match((await place.inbox('alice'))[0] ?? '', /^To: <alice@elsewhere\.test>\r$/m)
})

test('a fault while reporting is logged, and not the message’s', async () => {
  await using place = await TemporaryQueue.open()
  const resolver = { resolve: () => Promise.reject(new Error('the disk is broken')) }
  await new Reporter({ ...place.needs, resolver }).tell(await reportOf(place))
  assert.ok(place.log.events.some(({ event }) => event === 'queue.report-failed'))
})

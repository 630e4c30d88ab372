import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MailParameters, noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { type Envelope, envelopeRecord } from './envelope-record.ts'

const plain: Envelope = {
  sender: 'a@far.test',
  parameters: noMailParameters,
  client: '192.0.2.1',
  authenticated: false,
  needsUtf8: false,
  recipient: { address: 'alice@example.test', parameters: noRecipientParameters },
}

function recordOf(more: Partial<Omit<Envelope, 'parameters'>> & { parameters?: Partial<MailParameters> }): unknown {
  const record = envelopeRecord({ ...plain, ...more, parameters: { ...noMailParameters, ...more.parameters } })
  return record === undefined ? undefined : JSON.parse(record)
}

const address = 'alice@example.test'
const rest = { sender: 'a@far.test', client: '192.0.2.1', recipient: { address } }

test('a message that asked for nothing leaves nothing', () => {
  const table: Parameters<typeof recordOf>[0][] = [
    {},
    { parameters: { declaredBytes: 1000, body: '8BITMIME' } },
    { parameters: { smtpUtf8: true } },
    { needsUtf8: true },
    { parameters: { priority: 9 } },
    {
      recipient: {
        address,
        parameters: { notify: undefined, originalRecipient: { type: 'RFC822', address: 'Alice@example.test' } },
      },
    },
  ]
  for (const one of table) assert.equal(recordOf(one), undefined, JSON.stringify(one))
})

test('what was asked for is kept', () => {
  const deliverBy = { seconds: 60, mode: 'notify' as const, trace: true }
  const table: [Parameters<typeof recordOf>[0], object][] = [
    [{ parameters: { requireTls: true } }, { requireTls: true }],
    [{ parameters: { body: 'BINARYMIME' } }, { body: 'BINARYMIME' }],
    [{ parameters: { ret: 'HDRS', envelopeId: 'x y' } }, { ret: 'HDRS', envelopeId: 'x y' }],
    [{ parameters: { smtpUtf8: true }, needsUtf8: true }, { smtpUtf8: true }],
    [{ parameters: { deliverBy } }, { deliverBy }],
    [{ parameters: { priority: -3 }, authenticated: true }, { priority: -3 }],
  ]
  for (const [envelope, wanted] of table) assert.deepEqual(recordOf(envelope), { ...rest, ...wanted })
})

test('each recipient has its own', () => {
  const originalRecipient = { type: 'rfc822', address: 'info@other.test' }
  const recipient = { address, parameters: { notify: ['NEVER'] as const, originalRecipient } }
  assert.deepEqual(recordOf({ recipient }), { ...rest, recipient: { address, notify: ['NEVER'], originalRecipient } })
})

// The smuggling matrix (test/support/smuggling.ts) through our server, and relayed on by it: the next hop never sees two messages where one
// was sent, and what was answered 250 is whole.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { Receiver } from '#wire/smtp/receiver.ts'
import {
  hasBareLineEnd,
  laxMessages,
  normalised,
  type SmugglingCase,
  smugglingCases,
  strictMessages,
  unstuffed,
} from '../../support/smuggling.ts'
import { relay, type Setting, SmugglingPlace } from './smuggling-place.ts'

const settings: readonly Setting[] = ['refuse', 'normalise']
const endOfData = '\r\n.\r\n'

describe('smuggling', () => {
  let place: SmugglingPlace
  before(async () => {
    place = await SmugglingPlace.open()
  })
  after(async () => await place[Symbol.asyncDispose]())

  test('81 different cases: three messages for who takes any line end, three in one case alone for who takes CRLF', () => {
    assert.equal(new Set(smugglingCases.map(({ content }) => content)).size, 81)
    const torn = smugglingCases.filter(({ content }) => laxMessages(content + endOfData).length === 3)
    assert.equal(torn.length, 81)
    const reallyThree = smugglingCases.filter(({ content }) => strictMessages(content + endOfData).length === 3)
    assert.deepEqual(
      reallyThree.map(({ name }) => name),
      ['CRLF.CRLF CRLF.CRLF'],
    )
  })

  for (const setting of settings) {
    test(`as DATA, bare line ends: ${setting}`, async () => {
      for (const one of smugglingCases) await throughData(place, one, setting)
    })

    for (const body of ['8BITMIME', 'BINARYMIME'] as const)
      test(`as BDAT with BODY=${body}, bare line ends: ${setting}`, async () => {
        for (const one of smugglingCases) await throughBdat(place, one, { setting, body })
      })
  }
})

async function throughData(place: SmugglingPlace, { name, content }: SmugglingCase, setting: Setting): Promise<void> {
  const sent = strictMessages(content + endOfData).map(unstuffed)
  const wanted = sent.filter(message => setting === 'normalise' || !hasBareLineEnd(message)).map(normalised)
  for (const cut of ['whole', 'octets'] as const) {
    const { replies, stored } = await place.byData(content + endOfData, { setting, cut })
    assert.deepEqual(
      replies,
      sent.map(message => (setting === 'normalise' || !hasBareLineEnd(message) ? '250 2.0.0' : '554 5.6.0')),
      name,
    )
    assert.deepEqual(stored.map(contentOf), wanted, name)
    for (const message of stored) assertOneForTheNextHop(message, name)
  }
}

interface Chunked {
  readonly setting: Setting
  readonly body: '8BITMIME' | 'BINARYMIME'
}

async function throughBdat(place: SmugglingPlace, one: SmugglingCase, { setting, body }: Chunked): Promise<void> {
  const { name, content } = one
  const isBinary = body === 'BINARYMIME'
  const isTaken = isBinary || setting === 'normalise' || !hasBareLineEnd(content)
  const { replies, stored } = await place.byBdat(content, { setting, body })
  assert.deepEqual(replies, [isTaken ? '250 2.0.0' : '554 5.6.0'], name)
  assert.deepEqual(stored.map(contentOf), isTaken ? [isBinary ? asKept(content) : normalised(content)] : [], name)
  for (const message of stored) assertOneForTheNextHop(message, name)
}

/** What may hold anything is kept as lines (decision 0026): a bare CR ends none of them. */
function asKept(content: string): string {
  const lines = content.replace(/(?<!\r)\n/g, '\r\n')
  return lines.endsWith('\r\n') ? lines : `${lines}${lines.endsWith('\r') ? '\n' : '\r\n'}`
}

const random = seededRandom(3)

/** Written out, it is one message for us and for one who takes any line end, and the commands behind it are read as such. */
function assertOneForTheNextHop(message: Buffer, name: string): void {
  const wire = relay(message, [message.length])
  const cuts = Array.from({ length: message.length }, () => 1)
  assert.deepEqual(relay(message, cuts), wire, `${name}: written octet by octet`)
  assert.deepEqual(relay(message, [...random.bytes(200)]), wire, `${name}: written in pieces`)

  const text = wire.toString('latin1')
  const wanted = normalised(message.toString('latin1'))
  assert.deepEqual(laxMessages(text).map(unstuffed), [wanted], name)
  assert.ok(!hasBareLineEnd(text), name)
  assert.deepEqual(received(Buffer.concat([wire, Buffer.from('QUIT\r\n')])), [wanted, 'QUIT'], name)
}

/** What our own receiver makes of it: the messages, and the lines behind. */
function received(wire: Buffer): string[] {
  const receiver = new Receiver()
  receiver.expectData()
  receiver.push(wire)
  const found: string[] = []
  let message = ''
  for (let event = receiver.next(); event !== undefined; event = receiver.next()) {
    if (event.kind === 'data') message += Buffer.from(event.bytes).toString('latin1')
    else if (event.kind === 'data-end') found.push(message)
    else if (event.kind === 'line') found.push(event.text)
    else assert.fail(event.kind)
  }
  return found
}

/** Without the fields that we put before it. */
function contentOf(message: Buffer): string {
  const text = message.toString('latin1')
  return text.slice(text.indexOf('Subject: '))
}

// What peers and users try with forwards, returns and reports. Intakes, directory, queue and verifier are the real ones; DNS is fixed, other hosts are scripted.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReturnPaths } from '#accounts/return-paths.ts'
import { localDelivery } from '#deliver/local.ts'
import { fixedDns } from '#io/fixed-dns.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { sql } from '#io/sql/database.ts'
import { refused } from '#queue/scripted-carriage.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { Cursor } from '#text/cursor.ts'
import { threadVerifier } from '#verify/verifier.ts'
import {
  type MailParameters,
  noMailParameters,
  noRecipientParameters,
  type RecipientParameters,
} from '#wire/smtp/parameters.ts'
import { parsePath } from '#wire/smtp/path.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import type { Intake } from './intake.ts'
import { lmtpIntake } from './lmtp.ts'
import { mxIntake } from './mx.ts'
import { defaultPolicy } from './policy.ts'
import { submissionIntake } from './submission.ts'

const hostname = 'mail.example.test'
const texts = { 'proven.test': ['v=spf1 ip4:8.8.4.4 -all'], 'forged.test': ['v=spf1 -all'] }
const path = (address: string) =>
  address === '' ? undefined : (parsePath(new Cursor(`<${address}>`)) ?? assert.fail())

interface Message {
  readonly from: string
  readonly to: readonly string[]
  readonly text?: string
  readonly mail?: Partial<MailParameters>
  readonly ask?: Partial<RecipientParameters>
  readonly client?: string
}

async function open() {
  await using owned = new AsyncDisposableStack()
  const place = owned.use(await TemporaryQueue.open())
  const { clock, log, store, directory, queue } = place
  const delivery = localDelivery({ store, clock, log })
  const verifier = owned.use(threadVerifier({ dns: fixedDns({ texts }), clock, log, hostname }))
  const returnPaths = await ReturnPaths.open({ database: place.needs.database, clock, random: seededRandom(1) })
  const unasked = { mailDomains: undefined, recipientRate: undefined, greylist: undefined }
  const common = { resolver: directory, store, hostname, delivery, clock, log, queue, returnPaths, returns: undefined }
  const needs = { ...common, ...unasked, policy: defaultPolicy }
  const unlimited = { suppressions: undefined, senders: undefined, guard: undefined }
  const account = (await directory.named('alice@example.test')) ?? assert.fail()
  const intakes = {
    mx: mxIntake({ ...needs, isTrusted: () => false, peerChecks: undefined, verifier }),
    lmtp: lmtpIntake(needs),
    submission: submissionIntake({ ...needs, ...unlimited, verp: false }),
  }
  let lastId = 0
  async function send(kind: keyof typeof intakes, { from, to, text, mail, ask, client = '8.8.4.4' }: Message) {
    const intake: Intake = intakes[kind]
    lastId += 1
    const who = {
      ...{ address: client, port: 1, name: undefined, hello: 'x', protocol: 'ESMTP' as const, tls: undefined },
      ...{ account: kind === 'submission' ? account : undefined, connection: 'c' },
    }
    const parameters = { ...noMailParameters, ...mail }
    const begun = await intake.begin(who, { messageId: `in${lastId}`, path: path(from), parameters, origin: undefined })
    if (begun.kind === 'refused') return begun.reason
    for (const one of to) {
      const no = await begun.recipient(path(one) ?? assert.fail(), { ...noRecipientParameters, ...ask })
      if (no !== undefined) return no.reason
    }
    await using spooled = await place.message(text ?? `From: <${from}>\r\nSubject: tea\r\n\r\nhot\r\n`)
    const done = await begun.commit(spooled, { bareLineEnd: undefined, body: 'DATA' })
    if (done.kind !== 'each') return done.kind === 'refused' ? replyOf(done) : done.kind
    return done.outcomes.map(one => one?.reason ?? 'taken').join(' ')
  }
  const moved = owned.move()
  return { place, directory, returnPaths, send, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

function replyOf({ reason, reply }: Refusal): string {
  return `${reason}: ${reply.text}`
}

type Place = Awaited<ReturnType<typeof open>>

/** Recipients, and what of NOTIFY they have, of what is in the queue. */
async function asked({ place }: Place): Promise<readonly string[]> {
  const rows = await place.needs.database.read(tx =>
    tx.all<[string, string]>(sql`SELECT address, parameters FROM queue_recipient ORDER BY address`),
  )
  return rows.map(([address, parameters]) => `${address} ${JSON.parse(parameters).notify ?? ''}`.trim())
}

const marks = ({ place }: Place) =>
  place.carriage.arrived.flatMap(({ text }) => text.match(/^Delivered-To: .*(?=\r$)/gm) ?? [])

test('nobody who gets a message on learns of the others to whom it came', async () => {
  await using world = await open()
  await world.directory.setForward('alice@example.test', { targets: ['a@far.test'], keepsCopy: false })
  await world.directory.setForward('bob@example.test', { targets: ['b@far.test'], keepsCopy: false })
  assert.equal(
    await world.send('mx', { from: 'zoe@proven.test', to: ['alice@example.test', 'bob@example.test'] }),
    'taken',
  )
  await world.place.pass(0)
  const text = world.place.carriage.arrived[0]?.text ?? ''
  assert.doesNotMatch(text, /alice@|bob@/)
  assert.equal(marks(world).length, 2)
  // All the same it is known again, and who stands behind the alias is not named.
  await world.directory.addAlias('team@example.test', 'bob@example.test', 'carol@example.test')
  assert.match(
    await world.send('mx', { from: 'zoe@proven.test', to: ['team@example.test'], text }),
    /^delivered-to-loop: .*<team@/,
  )
  assert.equal(
    await world.send('lmtp', { from: 'zoe@proven.test', to: ['team@example.test'], text }),
    'delivered-to-loop',
  )
  const own = text.replace('From: <zoe@proven.test>', 'From: <alice@example.test>')
  assert.match(
    await world.send('submission', { from: 'alice@example.test', to: ['team@example.test'], text: own }),
    /^delivered-to-loop/,
  )
})

test('a message that others send round with Resent fields ends after some rounds', async () => {
  await using world = await open()
  const { arrived } = world.place.carriage
  await world.directory.addAlias('list@example.test', 'a@far.test')
  let text = 'From: <zoe@proven.test>\r\nSubject: round\r\n\r\n'
  let rounds = 0
  for (; rounds < 60; rounds += 1) {
    if ((await world.send('mx', { from: 'zoe@proven.test', to: ['list@example.test'], text })) !== 'taken') break
    await world.place.pass(0)
    text = `Resent-From: <a@far.test>\r\nReceived: by far.test; now\r\n${arrived.at(-1)?.text}`
  }
  assert.equal(rounds, 6)
})

test('who asks to hear of a delivery hears of one, however many an address leads to', async () => {
  await using world = await open()
  world.place.carriage.script('far.test', { answer: refused('deferred') })
  await world.directory.addAlias('list@example.test', 'a@far.test', 'b@far.test', 'c@far.test')
  const message = { from: 'zoe@proven.test', to: ['list@example.test'] }
  await world.send('mx', { ...message, ask: { notify: ['SUCCESS', 'DELAY'] } })
  assert.deepEqual(await asked(world), ['a@far.test SUCCESS,DELAY', 'b@far.test DELAY', 'c@far.test DELAY'])
  await world.place.queue.act('drop', {})
  await world.send('mx', { ...message, ask: { notify: ['SUCCESS'] } })
  assert.deepEqual(await asked(world), ['a@far.test SUCCESS', 'b@far.test NEVER', 'c@far.test NEVER'])
  await world.place.queue.act('drop', {})
})

test('a report of a delivery here goes to whom the sender is proven to be, and to nobody else', async () => {
  await using world = await open()
  const reports = async (message: Message) => {
    const before = world.place.carriage.arrived.length
    const client = message.client ?? '8.8.4.4'
    assert.equal(await world.send('mx', { ...message, client, ask: { notify: ['SUCCESS'] } }), 'taken')
    await world.place.pass(60_000)
    return world.place.carriage.arrived.slice(before).map(({ to, returnPath }) => `<${returnPath}> ${to}`)
  }
  const to = ['alice@example.test']
  assert.deepEqual(await reports({ from: 'zoe@proven.test', to }), ['<> zoe@proven.test'])
  assert.deepEqual(await reports({ from: 'zoe@proven.test', to, client: '9.9.9.9' }), [])
  assert.deepEqual(await reports({ from: 'victim@unknown.test', to }), [])
  assert.deepEqual(await reports({ from: '', to }), [])
  assert.deepEqual(await reports({ from: 'zoe@lan.test', to, client: '192.168.1.1' }), ['<> zoe@lan.test'])
  assert.equal((await world.place.inbox('alice')).length, 5)
})

test('nobody is told that what was forged could not be sent on, whatever its body is', async () => {
  await using world = await open()
  world.place.carriage.script('far.test', { answer: refused('failed') })
  await world.directory.setForward('alice@example.test', { targets: ['a@far.test'], keepsCopy: false })
  for (const body of ['8BITMIME', 'BINARYMIME'] as const) {
    const message = { to: ['alice@example.test'], mail: { body } }
    assert.equal(await world.send('mx', { ...message, from: 'victim@forged.test' }), 'taken')
    await world.place.pass(60_000)
    assert.deepEqual(world.place.carriage.arrived.length, 0, body)
  }
  assert.equal(await world.send('mx', { to: ['alice@example.test'], from: 'zoe@proven.test' }), 'taken')
  await world.place.pass(60_000)
  assert.deepEqual(
    world.place.carriage.arrived.flatMap(({ to }) => to),
    ['zoe@proven.test'],
  )
})

test('what two accounts send on is neither’s', async () => {
  await using world = await open()
  world.place.carriage.script('far.test', { answer: refused('deferred') })
  await world.directory.setForward('alice@example.test', { targets: ['a@far.test'], keepsCopy: false })
  await world.directory.setForward('bob@example.test', { targets: ['b@far.test'], keepsCopy: false })
  const owner = async (...to: readonly string[]) => {
    await world.send('mx', { from: 'zoe@proven.test', to })
    const [listed] = await world.place.queue.list()
    await world.place.queue.act('drop', {})
    return listed?.accountId
  }
  assert.equal(await owner('alice@example.test'), 1)
  assert.equal(await owner('alice@example.test', 'bob@example.test'), 0)
})

test('an account that is disabled while its message comes in sends nothing', async () => {
  await using world = await open()
  await world.directory.setDisabled('alice@example.test', true)
  const message = { from: '', text: 'Subject: tea\r\n\r\n', to: ['bob@example.test', 'zoe@far.test'] }
  assert.equal(await world.send('submission', message), 'taken')
  await world.place.pass(60_000)
  assert.deepEqual([world.place.carriage.arrived.length, (await world.place.inbox('bob')).length], [0, 0])
  const [listed] = await world.place.queue.list()
  assert.deepEqual(
    listed?.recipients.map(({ heldFor }) => heldFor),
    ['the account is disabled', 'the account is disabled'],
  )
})

test('a return path of ours is no way through this server', async () => {
  await using world = await open()
  const { place, returnPaths, send } = world
  const srs = await returnPaths.srs({ localPart: 'Zoe', domain: 'far.test' }, 'example.test')
  const [local = ''] = srs.split('@')
  const again = await returnPaths.srs({ localPart: 'SRS0=aaaa=aa=bank.test=all', domain: 'evil.test' }, 'example.test')
  const verp = returnPaths.verp({ localPart: 'alice', domain: 'example.test' }, 'ab12')
  for (const kind of ['mx', 'lmtp', 'submission'] as const) {
    const tried = async (from: string, to: readonly string[]) =>
      (await send(kind, { from, to, text: 'Subject: x\r\n\r\n' })).replace(/:.*/, '')
    const sender = kind === 'submission' ? 'alice@example.test' : 'zoe@proven.test'
    assert.equal(await tried(sender, [srs]), 'returns-only', kind)
    assert.equal(await tried(sender, [again]), 'returns-only', kind)
    assert.equal(await tried('', [srs.replace('Zoe', 'bob')]), 'no-such-mailbox', kind)
    assert.equal(await tried('', [srs.replace('far.test', 'bank.test')]), 'no-such-mailbox', kind)
    const other = await tried('', [`${local}@other.test`])
    assert.equal(other, { mx: 'relay-denied', lmtp: 'not-ours', submission: 'taken' }[kind])
    assert.equal(await tried(sender, [verp.replace('alice', 'nobody')]), 'no-such-mailbox')
  }
  await place.queue.act('drop', {})
  assert.equal(await send('mx', { from: '', to: [srs, srs] }), 'one-recipient-per-bounce')
  const { arrived } = place.carriage
  const before = arrived.length
  assert.equal(await send('mx', { from: '', to: [srs.toUpperCase()], ask: { notify: ['SUCCESS'] } }), 'taken')
  assert.equal(await send('mx', { from: '', to: [again] }), 'taken')
  await place.pass(60_000)
  assert.deepEqual(
    arrived.slice(before).map(({ to, returnPath }) => [...to, returnPath]),
    [
      ['ZOE@far.test', ''],
      ['SRS0=aaaa=aa=bank.test=all@evil.test', ''],
    ],
  )
  place.clock.advance(62 * 86_400_000)
  assert.match(await send('mx', { from: '', to: [srs] }), /^no-such-mailbox/)
  assert.match(await send('mx', { from: '', to: [again] }), /^no-such-mailbox/)
})

test('one message goes through as many aliases as can be written down at once', async () => {
  await using world = await open()
  const names = Array.from({ length: 26 }, (_, at) => `list${at}@example.test`)
  for (const [at, name] of names.entries()) {
    const targets = Array.from({ length: 200 }, (_, number) => `${number}@far${at}.test`)
    assert.equal((await world.directory.addAlias(name, ...targets)).kind, 'done')
  }
  for (const kind of ['mx', 'lmtp', 'submission'] as const) {
    const from = kind === 'submission' ? 'alice@example.test' : 'zoe@proven.test'
    assert.equal(await world.send(kind, { from, to: names }), 'too-many-recipients')
  }
})

test('one letter of a sender who is not proven makes one report, however many an alias leads to', async () => {
  await using world = await open()
  const { carriage, queue } = world.place
  const targets = Array.from({ length: 50 }, (_, at) => `x@far${at}.test`)
  // Each of them fails at another time.
  for (const [at, target] of targets.entries())
    carriage.script(target.slice(2), { couriers: at < 2 ? 1 : 0, answer: refused('failed') })
  await world.directory.addAlias('list@example.test', ...targets)
  const told = async (from: string) => {
    const before = carriage.arrived.length
    assert.equal(await world.send('mx', { from, to: ['list@example.test'] }), 'taken')
    for (const target of targets) {
      carriage.script(target.slice(2), { answer: refused('failed') })
      await world.place.pass(60_000)
    }
    assert.deepEqual(await queue.list(), [])
    const reports = carriage.arrived.slice(before).filter(({ to }) => to.includes(from))
    return reports.reduce((sum, { text }) => sum + (text.match(/^Final-Recipient: /gm)?.length ?? 0), 0)
  }
  assert.equal(await told('victim@unknown.test'), 1)
  assert.equal(await told('zoe@proven.test'), 50)
})

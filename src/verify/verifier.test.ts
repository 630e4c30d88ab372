import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { dkimSign } from 'mailauth'
import type { Dns } from '#io/dns.ts'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import type { Question, Verified } from './facts.ts'
import { limits } from './limits.ts'
import type { ToThread } from './thread-messages.ts'
import { threadVerifier } from './verifier.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const keyRecord = `v=DKIM1; k=rsa; p=${Buffer.from(publicKey).toString('base64')}`

const text = 'From: <a@sender.test>\r\nTo: <alice@example.test>\r\nSubject: hello\r\n\r\nwords\r\n'

async function signed(message: string): Promise<string> {
  const signer = { signingDomain: 'sender.test', selector: 's1', privateKey }
  // The type wants the signer once more than the function reads it.
  const { signatures } = await dkimSign(Buffer.from(message), {
    ...signer,
    signTime: new Date(),
    signatureData: [signer],
  })
  return signatures + message
}

const dmarc = (policy: string) => ({ '_dmarc.sender.test': [`v=DMARC1; p=${policy}`] })
const key = { 's1._domainkey.sender.test': [keyRecord] }
const spf = (record: string) => ({ 'sender.test': [`v=spf1 ${record}`] })

function messageOf(content: string | Uint8Array): Question['message'] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  return { sizeBytes: bytes.length, read: async (start, end) => new Uint8Array(bytes.subarray(start, end)) }
}

let answers: FixedAnswers = {}
const changingDns: Dns = {
  pointers: address => fixedDns(answers).pointers(address),
  addresses: name => fixedDns(answers).addresses(name),
  exchangers: domain => fixedDns(answers).exchangers(domain),
  texts: name => fixedDns(answers).texts(name),
  aliases: name => fixedDns(answers).aliases(name),
  tlsa: name => fixedDns(answers).tlsa(name),
}
const [clock, log] = [manualClock(), memoryLog()]
// One thread for all: to start one takes as long as some hundred verifications.
const verifier = threadVerifier({ dns: changingDns, clock, log, hostname: 'mail.example.test' })
after(() => verifier[Symbol.asyncDispose]())

async function verified(known: FixedAnswers, question: Partial<Question> = {}): Promise<Verified> {
  answers = known
  return await verifier.verify({
    address: '192.0.2.1',
    hello: 'client.test',
    sender: 'a@sender.test',
    message: messageOf(text),
    ...question,
  })
}

interface Row {
  readonly why: string
  readonly texts: Readonly<Record<string, readonly string[] | 'unknown'>>
  readonly message?: string
  readonly question?: Partial<Question>
  readonly wanted: readonly [spf: string, dkim: string, dmarc: string, policy: string | undefined]
}

const signedText = await signed(text)
const table: readonly Row[] = [
  { why: 'a domain that publishes nothing', texts: {}, wanted: ['none', 'none', 'none', undefined] },
  {
    why: 'SPF of the same domain passes',
    texts: { ...spf('ip4:192.0.2.1 -all'), ...dmarc('reject') },
    wanted: ['pass', 'none', 'pass', 'reject'],
  },
  {
    why: 'SPF that passes for another domain vouches for nobody',
    texts: { 'other.test': ['v=spf1 ip4:192.0.2.1 -all'], ...dmarc('reject') },
    question: { sender: 'b@other.test' },
    wanted: ['pass', 'none', 'fail', 'reject'],
  },
  {
    why: 'SPF fails',
    texts: { ...spf('-all'), ...dmarc('quarantine') },
    wanted: ['fail', 'none', 'fail', 'quarantine'],
  },
  { why: 'SPF is not sure', texts: { ...spf('~all'), ...dmarc('none') }, wanted: ['softfail', 'none', 'fail', 'none'] },
  {
    why: 'SPF with three names that do not exist',
    texts: spf('a:x1.test a:x2.test a:x3.test -all'),
    wanted: ['permerror', 'none', 'none', undefined],
  },
  {
    why: 'a signature of the same domain',
    texts: { ...key, ...dmarc('reject') },
    message: signedText,
    wanted: ['none', 'pass', 'pass', 'reject'],
  },
  {
    why: 'a signature over another body',
    texts: { ...key, ...dmarc('reject') },
    message: signedText.replace('words', 'other words'),
    wanted: ['none', 'fail', 'fail', 'reject'],
  },
  {
    why: 'a subdomain has the policy for subdomains',
    texts: { '_dmarc.sender.test': ['v=DMARC1; p=none; sp=reject'] },
    message: text.replace('a@sender.test', 'a@news.sender.test'),
    wanted: ['none', 'none', 'fail', 'reject'],
  },
  {
    why: 'DNS gives no answer',
    texts: { 'sender.test': 'unknown', '_dmarc.sender.test': 'unknown' },
    wanted: ['temperror', 'none', 'temperror', undefined],
  },
  {
    why: 'the null path stands for the name of the host',
    texts: { 'client.test': ['v=spf1 ip4:192.0.2.1 -all'] },
    question: { sender: '' },
    wanted: ['pass', 'none', 'none', undefined],
  },
]
for (const { why, texts, message = text, question, wanted } of table) {
  test(`verifies: ${why}`, async () => {
    const facts = await verified(
      { texts, addresses: { 'sender.test': ['192.0.2.1'] } },
      { message: messageOf(message), ...question },
    )
    assert.deepEqual([facts.spf, facts.dkim, facts.dmarc.result, facts.dmarc.policy], wanted, facts.field)
    assert.match(facts.field, /^Authentication-Results: mail\.example\.test;/)
  })
}

const subdomains: readonly (readonly [why: string, known: FixedAnswers, policy: string])[] = [
  ['does not exist', {}, 'reject'],
  ['has another record', { texts: { 'news.sender.test': ['words'] } }, 'none'],
  ['has an address', { addresses: { 'news.sender.test': ['192.0.2.1'] } }, 'none'],
  ['leads to a name that is gone', { aliases: { 'news.sender.test': ['gone.test'] } }, 'none'],
  ['is not known', { addresses: { 'news.sender.test': 'unknown' } }, 'none'],
]
for (const [why, known, policy] of subdomains) {
  test(`the policy for a subdomain that ${why} (RFC 9989 4.7)`, async () => {
    const texts = { ...known.texts, '_dmarc.sender.test': ['v=DMARC1; p=none; sp=none; np=reject'] }
    const message = messageOf(text.replace('a@sender.test', 'a@news.sender.test'))
    assert.equal((await verified({ ...known, texts }, { message })).dmarc.policy, policy)
  })
}

test('one thread verifies many messages side by side', async () => {
  answers = { texts: { ...key, ...dmarc('reject') } }
  const question = {
    address: '192.0.2.1',
    hello: 'client.test',
    sender: 'a@sender.test',
    message: messageOf(signedText),
  }
  const all = await Promise.all(Array.from({ length: 50 }, () => verifier.verify(question)))
  assert.deepEqual(new Set(all.map(({ dkim }) => dkim)), new Set(['pass']))
})

test('a large message is read piece by piece, and its last octet counts', async () => {
  const large = await signed(text + 'a long line of nothing in particular\r\n'.repeat(100_000))
  const texts = { ...key, ...dmarc('reject') }
  const asked: number[] = []
  const bytes = Buffer.from(large)
  const message: Question['message'] = {
    sizeBytes: bytes.length,
    read: async (start, end) => {
      asked.push(end - start)
      return new Uint8Array(bytes.subarray(start, end))
    },
  }
  assert.equal((await verified({ texts }, { message })).dkim, 'pass')
  assert.ok(asked.length > 10 && Math.max(...asked) <= limits.readBytes)
  bytes[bytes.length - 3] = 'X'.charCodeAt(0)
  assert.equal((await verified({ texts }, { message })).dkim, 'fail')
})

test('signatures beyond the limit are not looked at', async () => {
  const forged = signedText.replace(/b=[^;]+$/m, 'b=AAAA')
  const many = forged.slice(0, forged.indexOf('From:')).repeat(limits.signatures) + signedText
  assert.notEqual((await verified({ texts: key }, { message: messageOf(many) })).dkim, 'pass')
})

test('nothing of what the peer chose gets out of the field', async () => {
  const hostile = ['x\r\nX-Evil: 1', 'a"b;c (d', `"\r\n\r\n"@x`, '日本', '\0', 'x'.repeat(2000), ') spf=pass (']
  for (const word of hostile) {
    const message = messageOf(text.replace('a@sender.test', `${word}@sender.test`))
    const { field } = await verified({ texts: spf('-all') }, { hello: word, sender: `${word}@sender.test`, message })
    assert.match(field, /^Authentication-Results: mail\.example\.test;[\t -~]*(?:\r\n[ \t][\t -~]+)*\r\n$/)
  }
})

test('a message that cannot be read is a temporary error, and is logged', async () => {
  const message = { sizeBytes: 10, read: () => Promise.reject(new Error('the disk is gone')) }
  const facts = await verifier.verify({ address: '192.0.2.1', hello: 'x', sender: '', message })
  assert.equal(facts.spf, 'temperror')
  assert.ok(log.events.some(({ event }) => event === 'verify.failed'))
})

test('no more messages wait than the limit', async () => {
  const full = threadVerifier({ dns: changingDns, clock, log, hostname: 'mail.example.test', waiting: 1 })
  await using _ended = full
  assert.equal(full.isCongested, false)
  const reading = Promise.withResolvers<void>()
  const read = () => {
    reading.resolve()
    return new Promise<Uint8Array>(() => {})
  }
  const question = { address: '192.0.2.1', hello: 'x', sender: '' }
  const waiting = full.verify({ ...question, message: { sizeBytes: 10, read } })
  await reading.promise
  assert.equal(full.isCongested, true)
  assert.equal((await full.verify({ ...question, message: messageOf(text) })).spf, 'temperror')
  await full[Symbol.asyncDispose]()
  await waiting
  assert.equal(full.isCongested, false)
})

test('a message that takes too long is a temporary error', async () => {
  const reading = Promise.withResolvers<void>()
  const message: Question['message'] = {
    sizeBytes: 10,
    read: () => {
      reading.resolve()
      return new Promise(() => {})
    },
  }
  const facts = verifier.verify({ address: '192.0.2.1', hello: 'x', sender: '', message })
  await reading.promise
  clock.advance(limits.verifyMs)
  assert.equal((await facts).dmarc.result, 'temperror')
})

test('a thread that says nothing though nothing is owed to it is ended, and the next message gets a new one', async t => {
  answers = { texts: spf('ip4:192.0.2.1 -all') }
  const [clock, log] = [manualClock(), memoryLog()]
  await using verifier = threadVerifier({ dns: changingDns, clock, log, hostname: 'mail.example.test' })
  const question = { address: '192.0.2.1', hello: 'x', sender: 'a@sender.test', message: messageOf(text) }
  // It never hears of what it is to do, as if it were in arithmetic without end.
  const deaf = t.mock.method(Worker.prototype, 'postMessage', () => {})
  const first = verifier.verify(question)
  clock.advance(limits.verifyMs - 1)
  const second = verifier.verify(question)
  clock.advance(1)
  deaf.mock.restore()
  assert.deepEqual([(await first).spf, (await second).spf], ['temperror', 'temperror'])
  assert.equal(log.events.filter(({ event }) => event === 'verify.thread-stuck').length, 1)
  assert.equal((await verifier.verify(question)).spf, 'pass')
})

test('a thread that waits for us is not ended, and what it has just been told gives it time', async t => {
  const [clock, log] = [manualClock(), memoryLog()]
  await using verifier = threadVerifier({ dns: changingDns, clock, log, hostname: 'mail.example.test' })
  const slowly = async (octets: Promise<Uint8Array>) => {
    const asked = Promise.withResolvers<void>()
    const read = () => {
      asked.resolve()
      return octets
    }
    const message = { sizeBytes: 10, read }
    const facts = verifier.verify({ address: '192.0.2.1', hello: 'x', sender: '', message })
    await asked.promise
    return { facts }
  }
  const never = await slowly(new Promise(() => {}))
  clock.advance(limits.verifyMs)
  assert.equal((await never.facts).spf, 'temperror')
  const [octets, told] = [Promise.withResolvers<Uint8Array>(), Promise.withResolvers<void>()]
  const late = await slowly(octets.promise)
  clock.advance(limits.verifyMs - 1)
  t.mock.method(Worker.prototype, 'postMessage', () => told.resolve())
  octets.resolve(new Uint8Array(10))
  await told.promise
  clock.advance(1)
  assert.equal((await late.facts).spf, 'temperror')
  assert.deepEqual(
    log.events.filter(({ event }) => event === 'verify.thread-stuck'),
    [],
  )
})

test("names that never answer do not save a message from its author's policy", async () => {
  const one = signedText.slice(0, signedText.indexOf('From:'))
  const selectors = Array.from({ length: limits.signatures }, (_, number) => `k${number}`)
  const message = selectors.map(selector => one.replace('s=s1;', `s=${selector};`)).join('') + text
  const clock = manualClock()
  const asked: string[] = []
  const slow: Dns = {
    ...fixedDns({ texts: dmarc('reject') }),
    texts: async name => {
      asked.push(name)
      if (!name.includes('_domainkey')) return await fixedDns({ texts: dmarc('reject') }).texts(name)
      clock.advance(2_000)
      return { kind: 'unknown' }
    },
  }
  await using verifier = threadVerifier({ dns: slow, clock, log: memoryLog(), hostname: 'mail.example.test' })
  const question = { address: '192.0.2.1', hello: 'x', sender: 'a@other.test', message: messageOf(message) }
  const { dkim, dmarc: found } = await verifier.verify(question)
  assert.deepEqual([dkim, found.result, found.policy], ['temperror', 'fail', 'reject'])
  assert.ok(asked.filter(name => name.includes('_domainkey')).length < limits.signatures)
})

test('what the thread still asks of a message that was given up is answered, so that it ends there', async t => {
  const clock = manualClock()
  const answered = Promise.withResolvers<unknown>()
  const post = Worker.prototype.postMessage
  t.mock.method(Worker.prototype, 'postMessage', function (this: Worker, message: ToThread) {
    if (message.kind === 'answer' && message.answer.kind === 'failed') answered.resolve(message.answer)
    post.call(this, message)
  })
  const pieces: PromiseWithResolvers<Uint8Array>[] = []
  const begun = Promise.withResolvers<void>()
  const read = () => {
    const piece = Promise.withResolvers<Uint8Array>()
    pieces.push(piece)
    begun.resolve()
    return piece.promise
  }
  await using verifier = threadVerifier({ dns: fixedDns({}), clock, log: memoryLog(), hostname: 'mail.example.test' })
  const message = { sizeBytes: 2 * limits.readBytes, read }
  const facts = verifier.verify({ address: '192.0.2.1', hello: 'x', sender: '', message })
  await begun.promise
  clock.advance(limits.verifyMs)
  await facts
  pieces[0]?.resolve(new Uint8Array(limits.readBytes))
  await answered.promise
  assert.equal(pieces.length, 1)
})

test('when the thread ends, those that wait are told, and the next message gets a new one', async () => {
  answers = { texts: spf('ip4:192.0.2.1 -all') }
  const reading = Promise.withResolvers<void>()
  const question = { address: '192.0.2.1', hello: 'x', sender: 'a@sender.test' }
  const read = () => {
    reading.resolve()
    return new Promise<Uint8Array>(() => {})
  }
  const waiting = verifier.verify({ ...question, message: { sizeBytes: 10, read } })
  await reading.promise
  await verifier[Symbol.asyncDispose]()
  assert.equal((await waiting).spf, 'temperror')
  assert.equal((await verifier.verify({ ...question, message: messageOf(text) })).spf, 'pass')
})

test('a process that has nothing else to do ends without waiting for the thread', async () => {
  const program = `
    import { fixedDns } from '#io/fixed-dns.ts'
    import { manualClock } from '#io/manual-clock.ts'
    import { memoryLog } from '#io/memory-log.ts'
    import { threadVerifier } from '#verify/verifier.ts'
    const needs = { dns: fixedDns({}), clock: manualClock(), log: memoryLog(), hostname: 'mail.example.test' }
    const message = { sizeBytes: 2, read: async () => new Uint8Array([13, 10]) }
    const running = setInterval(() => {}, 1_000)
    const { spf } = await threadVerifier(needs).verify({ address: '192.0.2.1', hello: 'a.test', sender: 'a@a.test', message })
    clearInterval(running)
    console.log(spf)`
  const options = { cwd: join(import.meta.dirname, '../..'), timeout: 60_000 }
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program], options)
  assert.equal(stdout, 'none\n')
})

// Postfix, Exim and OpenSMTPD deliver to our MX: over STARTTLS with our name verified, every message octet for octet, and what we refuse
// goes back to its sender in our words.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { databasePath } from '#config/paths.ts'
import { imapLogin, type Login, readMailbox, type Stored } from '../support/mail-client.ts'
import { MailSystem, type MailSystemSetup, whyNoMailSystem } from '../support/mail-system.ts'
import { eximTo, type NextHop, openSmtpdTo, postfixTo } from '../support/mail-systems.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'

interface Envelope {
  readonly sender?: string
  readonly recipients: readonly string[]
  /** More words for the sendmail command. */
  readonly words?: readonly string[]
}

interface Peer {
  readonly name: string
  readonly setup: (to: NextHop) => MailSystemSetup
  readonly sendmail: readonly string[]
  /** Told to say that a message has octets beyond ASCII. */
  readonly eightBitWords: readonly string[]
  /** Words for NOTIFY=SUCCESS,FAILURE, RET=HDRS and, where it can, ENVID. Undefined: its command takes them by SMTP alone. */
  readonly dsnWords: readonly string[] | undefined
  readonly tellsEnvelopeId: boolean
  readonly knowsSmtpUtf8: boolean
  /** What it says of a certificate that it trusts, of our name. */
  readonly verified: RegExp
  /** What it says of a message sent by BDAT, if it can. */
  readonly chunked: RegExp | undefined
}

const envelopeId = 'QQ-314159'
const peers: readonly Peer[] = [
  {
    name: 'Postfix',
    setup: postfixTo,
    sendmail: ['/usr/sbin/sendmail', '-i'],
    eightBitWords: ['-B8BITMIME'],
    dsnWords: ['-N', 'success,failure', '-R', 'hdrs', '-V', envelopeId],
    tellsEnvelopeId: true,
    knowsSmtpUtf8: true,
    verified: /Verified TLS connection established to localhost\[127\.0\.0\.1\]\S+ TLSv1\.3/,
    chunked: undefined,
  },
  {
    name: 'Exim',
    setup: eximTo,
    sendmail: ['/usr/sbin/exim4', '-i', '-odf'],
    eightBitWords: [],
    dsnWords: undefined,
    tellsEnvelopeId: true,
    knowsSmtpUtf8: true,
    verified: /X=TLS1\.3:\S+ CV=yes/,
    chunked: / CV=yes K C="250/,
  },
  {
    name: 'OpenSMTPD',
    setup: openSmtpdTo,
    sendmail: ['/usr/sbin/sendmail', '-i'],
    eightBitWords: [],
    dsnWords: ['-N', 'SUCCESS,FAILURE', '-R', 'HDRS'],
    tellsEnvelopeId: false,
    knowsSmtpUtf8: false,
    verified: /mta server-cert-check result="success"/,
    chunked: undefined,
  },
]

const head = (subject: string): string =>
  [
    'From: Alice <alice@example.test>',
    'To: bob@example.test',
    `Subject: ${subject}`,
    'Date: Mon, 02 Nov 2026 10:00:00 +0000',
    `Message-ID: <${subject}@peer.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '',
  ].join('\n')

const bodies: Readonly<Record<string, string>> = {
  'eight-bit': 'Äpfel, Öl, Übung, ß, €, 😀\n',
  dots: '.\n..\n.a\n\n.\n.\nFrom the start of a line\n.\n',
  'long-lines': `${'x'.repeat(3_000)}\n.${'y'.repeat(997)}\n${'z'.repeat(998)}\n`,
  // A line that no other is: none can go astray unseen.
  large: Array.from({ length: 30_000 }, (_, number) => `${`line ${number} `.padEnd(70, '.')}\n`).join(''),
}

/** A message that does not come is waited for no longer. */
const limit = { timeout: 30_000 } as const
const skip = whyNoMailSystem() ?? false
const jorg = { address: 'jörg@example.test', password: 'joerg-secret' } as const

describe('peers', { skip }, () => {
  let server: RunningServer
  before(async () => {
    server = await startServer({ accounts: [alice, bob, jorg] })
  })
  after(async () => await server?.[Symbol.asyncDispose]())

  for (const peer of peers)
    describe(peer.name, () => {
      let system: MailSystem
      before(async () => {
        const authority = readFileSync(server.caPath, 'utf8')
        system = await MailSystem.start(peer.setup({ port: server.ports.smtp, authority }))
      })
      after(async () => await system?.[Symbol.asyncDispose]())

      async function send(letter: string, { sender = alice.address, recipients, words = [] }: Envelope): Promise<void> {
        const [program = '', ...before] = peer.sendmail
        // One that delivers at once tells by its exit code of what was refused.
        await system.run(program, [...before, ...words, '-f', sender, ...recipients], { input: letter, codes: [0, 2] })
      }

      async function sendBySmtp(letter: string): Promise<void> {
        const [program, , ...words] = peer.sendmail
        const begin = [
          'EHLO localhost',
          `MAIL FROM:<${alice.address}> RET=HDRS ENVID=${envelopeId}`,
          `RCPT TO:<${bob.address}> NOTIFY=SUCCESS,FAILURE`,
          'DATA',
        ]
        // Through cat: of a socket it wants to know who is at the other end.
        const input = [...begin, `${letter.replaceAll('\n', '\r\n')}.`, 'QUIT', ''].join('\r\n')
        await system.run('sh', ['-c', `cat | ${program} -bs ${words.join(' ')}`], { input })
      }

      for (const [subject, body] of Object.entries(bodies))
        test(`${subject}: octet for octet`, limit, async () => {
          const letter = head(`${subject}-${peer.name}`) + body
          await send(letter, { recipients: [bob.address], words: peer.eightBitWords })
          const stored = await arrived(server, bob, ({ bytes }) =>
            bytes.includes(`Message-ID: <${subject}-${peer.name}@`),
          )
          assertWhole(stored, letter)
          assert.match(stored.bytes.toString(), receivedBy(peer, 'ESMTPS'))
        })

      test('its connections are under TLS with our name verified', limit, async () => {
        await system.logged(peer.verified)
      })

      test('many recipients, one refused: the others have it, the sender has our words', limit, async () => {
        const letter = `${head(`many-${peer.name}`)}to many\n`
        const many = Array.from({ length: 30 }, (_, number) => `bob+${number}@example.test`)
        await send(letter, { recipients: [...many, 'nobody@example.test', alice.address] })
        const isIt = ({ bytes }: Stored) => bytes.includes(`Message-ID: <many-${peer.name}@`) && !isReport(bytes)
        for (const reader of [bob, alice]) assertWhole(await arrived(server, reader, isIt), letter)
        const bounce = await arrived(
          server,
          alice,
          ({ bytes }) => isReport(bytes) && bytes.includes(`many-${peer.name}@`),
        )
        const words = bounce.bytes.toString().replace(/\s+/g, ' ')
        assert.match(words, /nobody@example\.test.* 550 5\.1\.1 <nobody@example\.test>: there is no such mailbox here/)
        assert.match(bounce.bytes.toString(), /^Return-Path: <>\r$/m)
      })

      test('an address beyond ASCII', { ...limit, skip: !peer.knowsSmtpUtf8 && 'it has no SMTPUTF8' }, async () => {
        const letter = head(`Grüße-${peer.name}`).replace('bob@', 'jörg@')
        await send(`${letter}Grüße\n`, { recipients: [jorg.address], words: peer.eightBitWords })
        const stored = await arrived(server, jorg, ({ bytes }) => bytes.includes(`Message-ID: <Grüße-${peer.name}@`))
        assertWhole(stored, `${letter}Grüße\n`)
        assert.match(stored.bytes.toString(), receivedBy(peer, 'UTF8SMTPS'))
      })

      test('what DSN asks for is kept with the message', limit, async () => {
        const letter = `${head(`dsn-${peer.name}`)}tell me\n`
        if (peer.dsnWords === undefined) await sendBySmtp(letter)
        else await send(letter, { recipients: [bob.address], words: peer.dsnWords })
        assertWhole(await arrived(server, bob, ({ bytes }) => bytes.includes(`<dsn-${peer.name}@`)), letter)
        assert.deepEqual(lastEnvelope(server), {
          sender: alice.address,
          client: '127.0.0.1',
          ret: 'HDRS',
          ...(peer.tellsEnvelopeId && { envelopeId }),
          recipient: { address: bob.address, notify: ['SUCCESS', 'FAILURE'] },
        })
      })

      test('BDAT where it can', {
        ...limit,
        skip: peer.chunked === undefined && 'as a client it knows DATA alone',
      }, async () => {
        await system.logged(peer.chunked ?? /never/)
      })
    })
})

/** What the store keeps of the envelope of the last message that asked for something: no client sees it until there is an outbound queue. */
function lastEnvelope(server: RunningServer): unknown {
  using database = new DatabaseSync(databasePath(server.data), { readOnly: true })
  const row = database.prepare('SELECT envelope FROM message_envelope ORDER BY message_id DESC LIMIT 1').get()
  return JSON.parse(String(row?.['envelope']))
}

const isReport = (bytes: Buffer): boolean => bytes.includes('message/delivery-status')

/** The field that we put before what it sent. */
function receivedBy(peer: Peer, protocol: string): RegExp {
  const hello = `${peer.name.toLowerCase()}\\.example`
  return new RegExp(
    `^Received: from ${hello} \\([^\\n]*\\[127\\.0\\.0\\.1\\]\\)\\r\\n\\tby localhost with ${protocol} `,
    'm',
  )
}

function assertWhole({ bytes }: Stored, letter: string): void {
  const sent = Buffer.from(letter.replaceAll('\n', '\r\n'))
  const tail = bytes.subarray(-sent.length)
  if (tail.equals(sent)) return
  assert.fail(`wanted at its end\n${sent.subarray(0, 1_500)}\nit is\n${bytes.subarray(0, 3_000)}`)
}

/** Settles with the first message like that, at once or when it comes. */
async function arrived(server: RunningServer, login: Login, isIt: (stored: Stored) => boolean): Promise<Stored> {
  const watcher = await imapLogin(server, login)
  try {
    await watcher.command('s', 'SELECT INBOX')
    watcher.write('i IDLE\r\n')
    await watcher.until(/^\+ [^\n]*\n$/m)
    for (;;) {
      const found = (await readMailbox(server, login)).find(isIt)
      if (found !== undefined) return found
      await watcher.chunk()
    }
  } finally {
    watcher.close()
  }
}

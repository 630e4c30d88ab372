// The work that a crash interrupts: mail by DATA, by BDAT, by LMTP to several, held for later, APPENDs and EXPUNGEs, each telling the ledgers what it
// asked and what was answered. Every function ends quietly when the server is gone.

import { LineClient } from '../support/line-client.ts'
import { alice, bob, type RunningServer } from '../support/running-server.ts'
import type { Ledger, Seen } from './ledger.ts'

/** What the load works on. Bob's messages are never expunged. */
export interface Work {
  readonly server: RunningServer
  readonly ledgers: { readonly alice: Ledger; readonly bob: Ledger }
  onAcknowledged(): void
}

export const lmtpPort = 24

export const lmtpSocket = (data: string): string => `${data}.lmtp`

const sender = 'crash@sender.example'

/** Sizes in octets of body: small ones in the database, some beyond what stays in memory. */
const sizes = [200, 8_000, 200, 40_000, 1_000, 300_000] as const

function messageOf(token: string, number: number, from: string = sender): string {
  const size = sizes[number % sizes.length] ?? 200
  const body = `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(size / 72))
  return `From: <${from}>\r\nTo: <${alice.address}>\r\nSubject: ${token}\r\nMessage-ID: <${token}@sender.example>\r\n\r\n${body}`
}

async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (
      error instanceof Error &&
      /closed|ECONN|EPIPE|socket/.test(`${error.message} ${'code' in error ? error.code : ''}`)
    )
      return
    throw error
  }
}

/** A connection that has said EHLO or LHLO. */
async function hello(
  place: Parameters<typeof LineClient.open>[0],
  verb: 'EHLO' | 'LHLO',
  tls: boolean,
): Promise<LineClient> {
  const client = await LineClient.open(place, tls)
  await client.replies(1)
  client.write(`${verb} crash.example\r\n`)
  await client.replies(1)
  return client
}

/** Delivers message after message on one connection, by DATA. */
export function sendUntilDead({ server, ledgers, onAcknowledged }: Work): Promise<void> {
  return quietly(async () => {
    const client = await hello({ host: server.host, port: server.ports.smtp }, 'EHLO', false)
    for (let number = 0; ; number += 1) {
      client.write(`MAIL FROM:<${sender}>\r\nRCPT TO:<${alice.address}>\r\nDATA\r\n`)
      await client.replies(3)
      const token = ledgers.alice.begin()
      client.write(`${messageOf(token, number)}.\r\n`)
      await client.replies(1)
      ledgers.alice.acknowledge(token)
      onAcknowledged()
    }
  })
}

/** Delivers message after message by BDAT, in two chunks, to both. */
export function chunkUntilDead({ server, ledgers, onAcknowledged }: Work): Promise<void> {
  return quietly(async () => {
    const client = await hello({ host: server.host, port: server.ports.smtp }, 'EHLO', false)
    for (let number = 0; ; number += 1) {
      const token = ledgers.alice.begin()
      ledgers.bob.begin(token)
      const text = messageOf(token, number)
      const half = text.length >> 1
      client.write(`MAIL FROM:<${sender}>\r\nRCPT TO:<${alice.address}>\r\nRCPT TO:<${bob.address}>\r\n`)
      client.write(`BDAT ${half}\r\n${text.slice(0, half)}BDAT ${text.length - half} LAST\r\n${text.slice(half)}`)
      await client.replies(5)
      ledgers.alice.acknowledge(token)
      ledgers.bob.acknowledge(token)
      onAcknowledged()
    }
  })
}

/** Delivers message after message by LMTP to both, each of whom has an answer of its own. */
export function handOverUntilDead({ server, ledgers, onAcknowledged }: Work, way: 'TCP' | 'socket'): Promise<void> {
  return quietly(async () => {
    const port = server.ports.smtp - 25 + lmtpPort
    const place = way === 'TCP' ? { host: server.host, port } : { path: lmtpSocket(server.data) }
    const client = await hello(place, 'LHLO', false)
    const order = way === 'TCP' ? (['alice', 'bob'] as const) : (['bob', 'alice'] as const)
    for (let number = 0; ; number += 1) {
      const recipients = order.map(name => `RCPT TO:<${name}@example.test>\r\n`).join('')
      client.write(`MAIL FROM:<${sender}>\r\n${recipients}DATA\r\n`)
      await client.replies(4)
      const token = ledgers.alice.begin()
      ledgers.bob.begin(token)
      client.write(`${messageOf(token, number)}.\r\n`)
      await client.replies(order.length, index => ledgers[order[index] ?? 'alice'].acknowledge(token))
      onAcknowledged()
    }
  })
}

/** Sends message after message as alice, to both, for one to three seconds later. */
export function holdUntilDead({ server, ledgers, onAcknowledged }: Work): Promise<void> {
  return quietly(async () => {
    const client = await hello({ host: server.host, port: server.ports.submissions }, 'EHLO', true)
    client.write(`AUTH PLAIN ${Buffer.from(`\0${alice.address}\0${alice.password}`).toString('base64')}\r\n`)
    await client.replies(1)
    for (let number = 0; ; number += 1) {
      client.write(`MAIL FROM:<${alice.address}> HOLDFOR=${1 + (number % 3)}\r\n`)
      client.write(`RCPT TO:<${alice.address}>\r\nRCPT TO:<${bob.address}>\r\nDATA\r\n`)
      await client.replies(4)
      const token = ledgers.alice.begin()
      ledgers.bob.begin(token)
      client.write(`${messageOf(token, number, alice.address)}.\r\n`)
      await client.replies(1)
      ledgers.alice.hold(token)
      ledgers.bob.hold(token)
      onAcknowledged()
    }
  })
}

/** APPENDs message after message. */
export function appendUntilDead({ server, ledgers, onAcknowledged }: Work): Promise<void> {
  return quietly(async () => {
    const ledger = ledgers.alice
    const client = await login(server, alice)
    for (let number = 0; ; number += 1) {
      const token = ledger.begin()
      const text = messageOf(token, number)
      client.write(`a APPEND INBOX {${text.length}+}\r\n${text}\r\n`)
      const answer = await client.lastLine('a ')
      const uid = /^a OK \[APPENDUID \d+ (\d+)\]/.exec(answer)?.[1]
      if (uid === undefined) throw new Error(`APPEND: ${answer}`)
      ledger.acknowledge(token)
      ledger.placed(token, Number(uid))
      onAcknowledged()
    }
  })
}

/** Expunges the oldest message, one after another. */
export function expungeUntilDead({ server, ledgers }: Work): Promise<void> {
  return quietly(async () => {
    const ledger = ledgers.alice
    const client = await login(server, alice)
    client.write('s SELECT INBOX\r\n')
    await client.lastLine('s OK')
    for (const seen of await fetchSubjects(client, '1:5')) {
      ledger.beginRemoval(seen)
      client.write(`d UID STORE ${seen.uid} +FLAGS.SILENT (\\Deleted)\r\n`)
      await client.lastLine('d OK')
      client.write(`e UID EXPUNGE ${seen.uid}\r\n`)
      await client.lastLine('e OK')
      ledger.removalAcknowledged(seen.token)
    }
  })
}

/** Every message of the INBOX, by UID and subject. */
export async function readInbox(server: RunningServer, account: Account): Promise<Seen[]> {
  const client = await login(server, account)
  client.write('s SELECT INBOX\r\n')
  await client.lastLine('s OK')
  const seen = await fetchSubjects(client, '1:*')
  client.close()
  return seen
}

/** Settles when nothing is held any more, as `posthouse queue list` tells it: each message that is released is one more in bob's INBOX. */
export async function untilReleased(server: RunningServer, isHeld: () => Promise<boolean>): Promise<void> {
  const client = await login(server, bob)
  client.write('s SELECT INBOX\r\n')
  await client.lastLine('s OK')
  while (await isHeld()) {
    client.write('i IDLE\r\n')
    await client.until(/^\* \d+ EXISTS\r$/m)
    client.write('DONE\r\n')
    await client.lastLine('i OK')
  }
  client.close()
}

interface Account {
  readonly address: string
  readonly password: string
}

async function login(server: RunningServer, { address, password }: Account): Promise<LineClient> {
  const client = await LineClient.open({ host: server.host, port: server.ports.imaps }, true)
  await client.lastLine('* OK')
  client.write(`l LOGIN ${address} ${password}\r\n`)
  await client.lastLine('l OK')
  return client
}

async function fetchSubjects(client: LineClient, numbers: string): Promise<Seen[]> {
  client.write(`f FETCH ${numbers} (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])\r\n`)
  let text = ''
  while (!/^f (OK|NO|BAD) .*\r\n$/m.test(text.slice(-300))) text += (await client.chunk()).toString('latin1')
  const found = text.matchAll(/^\* \d+ FETCH \(UID (\d+).*?Subject: (\S+)\r\n/gms)
  return Array.from(found, match => ({ uid: Number(match[1]), token: match[2] ?? '' }))
}

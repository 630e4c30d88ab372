// The work that a crash interrupts: SMTP deliveries, APPENDs and EXPUNGEs, each telling the ledger what it asked and what was answered. Every function ends quietly when the server is gone.

import { LineClient } from '../support/line-client.ts'
import { alice, type RunningServer } from '../support/running-server.ts'
import type { Ledger, Seen } from './ledger.ts'

/** Sizes in octets of body: small ones in the database, some beyond what stays in memory. */
const sizes = [200, 8_000, 200, 40_000, 1_000, 300_000] as const

function messageOf(token: string, number: number): string {
  const size = sizes[number % sizes.length] ?? 200
  const body = `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(size / 72))
  return `From: <crash@sender.example>\r\nTo: <${alice.address}>\r\nSubject: ${token}\r\nMessage-ID: <${token}@sender.example>\r\n\r\n${body}`
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

/** Delivers message after message on one connection. */
export function sendUntilDead(server: RunningServer, ledger: Ledger, onAcknowledged: () => void): Promise<void> {
  return quietly(async () => {
    const client = await LineClient.open({ host: server.host, port: server.ports.smtp }, false)
    await client.replies(1)
    client.write('EHLO crash.example\r\n')
    await client.replies(1)
    for (let number = 0; ; number += 1) {
      client.write(`MAIL FROM:<crash@sender.example>\r\nRCPT TO:<${alice.address}>\r\nDATA\r\n`)
      await client.replies(3)
      const token = ledger.begin()
      client.write(`${messageOf(token, number)}.\r\n`)
      await client.replies(1)
      ledger.acknowledge(token)
      onAcknowledged()
    }
  })
}

/** APPENDs message after message. */
export function appendUntilDead(server: RunningServer, ledger: Ledger, onAcknowledged: () => void): Promise<void> {
  return quietly(async () => {
    const client = await login(server)
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
export function expungeUntilDead(server: RunningServer, ledger: Ledger): Promise<void> {
  return quietly(async () => {
    const client = await login(server)
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
export async function readInbox(server: RunningServer): Promise<Seen[]> {
  const client = await login(server)
  client.write('s SELECT INBOX\r\n')
  await client.lastLine('s OK')
  const seen = await fetchSubjects(client, '1:*')
  client.close()
  return seen
}

async function login(server: RunningServer): Promise<LineClient> {
  const client = await LineClient.open({ host: server.host, port: server.ports.imaps }, true)
  await client.lastLine('* OK')
  client.write(`l LOGIN ${alice.address} ${alice.password}\r\n`)
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

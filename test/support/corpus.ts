// The messages that tests send through real programs: files of test/corpus, and some too large to keep, made on the spot.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Letter {
  readonly name: string
  /** The whole message, CRLF line ends. */
  readonly bytes: Buffer
}

const folder = join(import.meta.dirname, '../corpus')

/** Every message of test/corpus. */
export function corpus(): Letter[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.eml'))
  return names.sort().map(name => ({ name: name.slice(0, -'.eml'.length), bytes: readFileSync(join(folder, name)) }))
}

/** A message with an attachment of 25 MB in base64: no run of it repeats another, so that no byte can go astray unseen. */
export function largeLetter(attachmentBytes = 25_000_000): Letter {
  const data = Buffer.allocUnsafe(attachmentBytes)
  let state = 1
  for (let at = 0; at + 4 <= data.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    data.writeUInt32LE(state, at)
  }
  const lines = data.toString('base64').replace(/.{76}/g, '$&\r\n')
  const head = [
    'From: writer@example.test',
    'To: bob@example.test',
    'Subject: a large attachment',
    'Message-ID: <large@example.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=large',
    '',
    '--large',
    'Content-Type: text/plain',
    '',
    'See the attachment.',
    '--large',
    'Content-Type: application/octet-stream; name=data.bin',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n')
  return { name: 'large', bytes: Buffer.from(`${head}${lines}\r\n--large--\r\n`, 'latin1') }
}

/** A header that names 1,000 recipients, each on a line of its own. */
export function manyRecipientsLetter(recipients: readonly string[]): Letter {
  const to = recipients.join(',\r\n ')
  const text = `From: writer@example.test\r\nTo: ${to}\r\nSubject: to all of you\r\nMessage-ID: <many@example.test>\r\n\r\nHello, all.\r\n`
  return { name: 'many-recipients', bytes: Buffer.from(text, 'latin1') }
}

// One large message to an MX, all of it written at once: by DATA, or as one chunk by BDAT (RFC 3030).

import { LineClient, type Port } from '../../test/support/line-client.ts'
import { stuffed } from '../../test/support/mail-client.ts'
import { secondsOf } from '../measure.ts'

/** Settles with the seconds from the message's first octet to its 250. */
export async function sendLarge(to: Port, recipient: string, message: Buffer, by: 'DATA' | 'BDAT'): Promise<number> {
  const client = await LineClient.open(to, false)
  await client.replies(1)
  client.write('EHLO load.example\r\n')
  await client.replies(1)
  client.write(`MAIL FROM:<load@sender.example>\r\nRCPT TO:<${recipient}>\r\n`)
  await client.replies(2)
  const wire = by === 'DATA' ? Buffer.concat([stuffed(message), Buffer.from('.\r\n')]) : message
  if (by === 'DATA') {
    client.write('DATA\r\n')
    await client.replies(1)
  }
  const seconds = await secondsOf(async () => {
    if (by === 'BDAT') client.write(`BDAT ${wire.length} LAST\r\n`)
    client.write(wire)
    await client.replies(1)
  })
  client.write('QUIT\r\n')
  client.close()
  return seconds
}

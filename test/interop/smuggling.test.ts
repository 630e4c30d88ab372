// What came through our server of the smuggling matrix (test/support/smuggling.ts), relayed on to real mail servers, Postfix with all its
// own guards down: each sees one message where one was sent.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { LineClient } from '../support/line-client.ts'
import { MailSystem, type MailSystemSetup, whyNoMailSystem } from '../support/mail-system.ts'
import { eximAt, openSmtpdAt, postfixAt } from '../support/mail-systems.ts'
import { type ClaimedPorts, claimPorts } from '../support/ports.ts'
import { envelope, hasBareLineEnd, smugglingCases } from '../support/smuggling.ts'
import { relay, SmugglingPlace } from '../transcripts/smtp/smuggling-place.ts'

interface Hop {
  readonly name: string
  readonly setup: (port: number) => MailSystemSetup
  /** It gets every so-many-th message: some are slow to greet. */
  readonly every: number
}

const hops: readonly Hop[] = [
  { name: 'Postfix', setup: postfixAt, every: 1 },
  { name: 'Exim', setup: eximAt, every: 4 },
  { name: 'OpenSMTPD', setup: openSmtpdAt, every: 4 },
]

describe('smuggling to real servers', { skip: whyNoMailSystem() ?? false }, () => {
  let ports: ClaimedPorts
  /** As they were stored, and as a queue holds those that may be binary: each different one once. */
  const messages = new Map<string, Buffer>()
  before(async () => {
    ports = await claimPorts()
    await using place = await SmugglingPlace.open()
    for (const { content } of smugglingCases) {
      const byData = await place.byData(`${content}\r\n.\r\n`, { setting: 'normalise', cut: 'whole' })
      const byBdat = await place.byBdat(content, { setting: 'refuse', body: 'BINARYMIME' })
      for (const message of [...byData.stored, ...byBdat.stored]) {
        const text = message.toString('latin1')
        messages.set(text.slice(text.indexOf('Subject: ')), message)
      }
      messages.set(content, Buffer.from(content, 'latin1'))
    }
  })
  after(async () => await ports?.[Symbol.asyncDispose]())

  for (const { name, setup, every } of hops)
    describe(name, () => {
      let system: MailSystem
      const port = () => ports.offset + 26
      before(async () => {
        system = await MailSystem.start(setup(port()))
      })
      after(async () => await system?.[Symbol.asyncDispose]())

      /** The codes of its replies to what follows on DATA and to QUIT. */
      async function codes(stream: Buffer): Promise<string> {
        const client = await LineClient.open({ host: '127.0.0.1', port: port() }, false)
        await client.replies(1)
        const begin = ['EHLO relay.example', ...envelope.replace('mallory@evil', 'relay@sender').trim().split('\r\n')]
        for (const command of begin) {
          client.write(`${command}\r\n`)
          await client.replies(1)
        }
        client.write(stream)
        const first = await client.until(/^\d\d\d [^\n]*\n/m)
        client.write('QUIT\r\n') // only now: OpenSMTPD takes no command sent ahead
        const text = first + (await client.until(/^221 [^\n]*\n$/m))
        client.close()
        return text.replace(/^(\d\d\d)[ -][^\n]*\n/gm, '$1 ').trim()
      }

      test('takes each as one message', { timeout: 60_000 }, async () => {
        assert.ok(messages.size > 80)
        for (const [text, message] of [...messages].filter((_, index) => index % every === 0))
          assert.match(await codes(relay(message, [message.length])), /^250 221$/, JSON.stringify(text))
      })

      if (name === 'Postfix')
        test('and would have taken some for several, had they gone out as they were', { timeout: 60_000 }, async () => {
          let torn = 0
          for (const [text] of messages)
            if (hasBareLineEnd(text) && (await codes(Buffer.from(`${text}\r\n.\r\n`, 'latin1'))) !== '250 221')
              torn += 1
          assert.ok(torn > 0)
        })
    })
})

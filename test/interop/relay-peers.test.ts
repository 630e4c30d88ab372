// Postfix, Exim and OpenSMTPD take what we send, found by MX in a zone of the test's own: octet for octet, under TLS where they can, over
// connections that are used again; and what they refuse comes back to its sender in their words.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MailSystem, whyNoMailSystem } from '../support/mail-system.ts'
import { PeerAuthority } from '../support/peer-certificates.ts'
import { type ClaimedPorts, claimPorts } from '../support/ports.ts'
import { type Receiver, receivers, takenBy } from '../support/receiving-systems.ts'
import { inboxHas, letterOf, queued, relayingConfig, submit, until } from '../support/relaying.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'
import { startResolver } from '../support/signed-zone.ts'

const bodies: Readonly<Record<string, string>> = {
  'eight-bit': 'Äpfel, Öl, Übung, ß, €, 😀\n',
  dots: '.\n..\n.a\n\n.\n.\nFrom the start of a line\n.\n',
  // A line that no other is: none can go astray unseen.
  large: Array.from({ length: 20_000 }, (_, number) => `${`line ${number} `.padEnd(70, '.')}\n`).join(''),
}
const limit = { timeout: 40_000 } as const
const domainOf = ({ name }: Receiver): string => `${name.toLowerCase()}.far.test`
const hostOf = (receiver: Receiver): string => `127.0.0.${21 + receivers.indexOf(receiver)}`

describe('peers that receive', { skip: whyNoMailSystem() ?? false }, () => {
  let ports: ClaimedPorts
  let resolver: MailSystem
  let server: RunningServer
  before(async () => {
    ports = await claimPorts()
    const world = { resolverPort: ports.offset + 53, mailPort: ports.offset + 26 }
    const records = receivers.flatMap(receiver => [
      `${receiver.name.toLowerCase()} MX 10 mx.${receiver.name.toLowerCase()}`,
      `mx.${receiver.name.toLowerCase()} A ${hostOf(receiver)}`,
    ])
    resolver = await startResolver({ port: world.resolverPort }, [{ name: 'far.test', kind: 'insecure', records }])
    server = await startServer({ accounts: [alice, bob], config: offset => relayingConfig(offset, world) })
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    await resolver?.[Symbol.asyncDispose]()
    await ports?.[Symbol.asyncDispose]()
  })

  for (const receiver of receivers)
    describe(receiver.name, () => {
      const domain = domainOf(receiver)
      let system: MailSystem
      before(async () => {
        const authority = await PeerAuthority.make()
        const certificate = await authority.certificate({ names: [`mx.${domain}`] })
        const place = { host: hostOf(receiver), port: ports.offset + 26, domain, certificate }
        system = await MailSystem.start(receiver.setup(place))
      })
      after(async () => await system?.[Symbol.asyncDispose]())

      const taken = (subject: string): Promise<string> =>
        until(`${subject} at ${receiver.name}`, async () => {
          const text = await takenBy(system, receiver)
          return text.includes(`Message-ID: <${subject}@example.test>`) ? text : undefined
        })

      for (const [subject, body] of Object.entries(bodies))
        test(`${subject}: octet for octet`, limit, async () => {
          const letter = letterOf(`${subject}-${receiver.name}`, body)
          await submit(server, alice, { to: [`bob@${domain}`], letter, mail: ' BODY=8BITMIME' })
          const text = await until(`${subject} whole`, async () => {
            const all = await taken(`${subject}-${receiver.name}`)
            // What keeps messages in one file says that a line is none of its own.
            return all.replaceAll(/^>From /gm, 'From ').includes(body) ? all : undefined
          })
          assert.match(text, /^Received: from .*mail\.example\.test/m)
        })

      test('under TLS, or in the clear where its TLS fails', limit, async () => {
        if (receiver.underTls !== undefined) await system.logged(receiver.underTls)
        else assert.match(system.log(), /SSL library error/)
      })

      test('one refused of many: the others have it, the sender its words', limit, async () => {
        const subject = `refused-${receiver.name}`
        const to = [...Array.from({ length: 20 }, (_, number) => `bob${number}@${domain}`), `nobody@${domain}`]
        await submit(server, alice, { to, letter: letterOf(subject, 'to many\n') })
        await taken(subject)
        const report = await inboxHas(server, alice, subject, 'message/delivery-status')
        const words = report.bytes.toString().replaceAll(/\s+/g, ' ')
        assert.match(words, new RegExp(`Final-Recipient: rfc822; ?nobody@${domain} Action: failed`, 'i'))
        assert.match(words, /Diagnostic-Code: smtp; ?550 .*nobody/i)
        assert.match(words, /Auto-Submitted: auto-replied/i)
        assert.equal(report.bytes.toString().match(/^Final-Recipient:/gim)?.length, 1)
      })

      test('an address beyond ASCII', { ...limit, skip: !receiver.knowsSmtpUtf8 && 'it has no SMTPUTF8' }, async () => {
        const subject = `utf8-${receiver.name}`
        const letter = letterOf(subject, 'Grüße\n').replace('Bob <bob@far.test>', 'Jörg <jörg@far.test>')
        await submit(server, alice, { to: [`jörg@${domain}`], letter, mail: ' SMTPUTF8 BODY=8BITMIME' })
        assert.match(await taken(subject), /Jörg <jörg@far\.test>/)
      })

      test('connections are used again', limit, async () => {
        const before = connectionsIn(system)
        const subjects = Array.from({ length: 12 }, (_, number) => `again-${number}-${receiver.name}`)
        for (const subject of subjects)
          await submit(server, alice, { to: [`bob@${domain}`], letter: letterOf(subject, 'again\n') })
        for (const subject of subjects) await taken(subject)
        assert.ok(connectionsIn(system) - before < subjects.length / 2, `${connectionsIn(system) - before} connections`)
      })
    })

  test('nothing is left in the queue', limit, async () => {
    await until('an empty queue', async () => ((await queued(server)).length === 0 ? true : undefined))
  })
})

/** That it has logged. */
function connectionsIn(system: MailSystem): number {
  return (
    system.log().match(/smtpd\[\d+\]: connect from|smtp connected address=|no host name found|SMTP connection from/g)
      ?.length ?? 0
  )
}

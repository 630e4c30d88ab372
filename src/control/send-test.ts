// A test message: a few lines from an address of ours, given to the queue as a mail program's would be.

import type { Resolution, Resolver } from '#accounts/account.ts'
import type { Directory } from '#accounts/directory.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import { parseAddress } from '#mail/address.ts'
import type { NewRecipient, Queue } from '#queue/queue.ts'
import type { Store } from '#store/store.ts'
import { because } from '#suppression/because.ts'
import type { Suppressions } from '#suppression/suppressions.ts'
import { fromUtf8 } from '#text/bytes.ts'
import { printMailDate } from '#text/date.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { inOneLine } from '#wire/smtp/reply.ts'
import type { SendingAdministration, TestMailInfo, TestProgress, TestRecipient } from './sending-administration.ts'
import type { TestMail } from './test-mail.ts'

export interface SendTestNeeds {
  readonly directory: Resolver & Pick<Directory, 'listDomains'>
  readonly store: Pick<Store, 'spool'>
  readonly queue: Pick<Queue, 'accept' | 'show'>
  readonly suppressions: Pick<Suppressions, 'find'>
  readonly tests: TestMail
  readonly clock: Clock
  readonly random: Random
  readonly hostname: string
}

type SendTestRequest = Parameters<SendingAdministration['sendTest']>[0]

interface Sender {
  readonly address: string
  readonly domain: string
  readonly accountId: number
}

export interface TestVerbs {
  send(request: SendTestRequest): Promise<Outcome<TestMailInfo>>
  follow(messageId: string, seen: number): Promise<TestProgress | undefined>
}

export function testVerbs(needs: SendTestNeeds): TestVerbs {
  return {
    send: request => sendTest(needs, request),
    follow: (messageId, seen) => needs.tests.follow(messageId, seen),
  }
}

async function sendTest(needs: SendTestNeeds, { to, from }: SendTestRequest): Promise<Outcome<TestMailInfo>> {
  const sender = await senderOf(needs, from)
  if (sender.kind !== 'done') return sender
  const recipients = await recipientsOf(needs, to, sender.value)
  if (recipients === undefined) return { kind: 'bad-address', subject: to }
  if ('reason' in recipients) return done(noTest(recipients))
  const messageId = needs.random.bytes(8).toHex()
  needs.tests.begin(
    messageId,
    recipients.map(({ address }) => address),
  )
  const refusal = await accept(needs, { messageId, sender: sender.value, to, recipients })
  if (refusal !== undefined) {
    needs.tests.end(messageId)
    return done(noTest(refusal))
  }
  const shown = await whereTheyAre(needs, messageId, recipients)
  return done({ kind: 'taken', messageId, from: sender.value.address, recipients: shown })
}

function noTest({ reason, reply }: Refusal): TestMailInfo {
  return { kind: 'refused', reason, reply: inOneLine(reply) }
}

async function accept(
  { queue, store, clock, hostname }: SendTestNeeds,
  mail: { messageId: string; sender: Sender; to: string; recipients: readonly NewRecipient[] },
): Promise<Refusal | undefined> {
  const { messageId, sender, to, recipients } = mail
  await using writer = store.spool.open()
  await writer.write(fromUtf8(compose({ messageId, from: sender.address, to, hostname, now: clock.now() })))
  await using spooled = await writer.finish()
  return await queue.accept({
    messageId,
    accountId: sender.accountId,
    origin: 'submission',
    sender: sender.address,
    returnPath: sender.address,
    parameters: { ...noMailParameters, smtpUtf8: !isAscii(to) || !isAscii(sender.address) },
    recipients,
    fields: '',
    spooled,
    releaseAt: undefined,
    heldFor: undefined,
  })
}

async function senderOf({ directory }: SendTestNeeds, from: string | undefined): Promise<Outcome<Sender>> {
  const address = from ?? (await postmaster(directory))
  if (address === undefined) return { kind: 'no-such-domain', subject: 'to send from' }
  const parsed = parseAddress(address)
  if (parsed === undefined) return { kind: 'bad-address', subject: address }
  const { localPart, domain } = parsed
  const found = await directory.resolve(localPart, domain)
  if (found.kind === 'account') return done({ address, domain, accountId: found.account.accountId })
  // An alias of several, or one that leads elsewhere: nobody's limits count.
  if (found.kind === 'forward') return done({ address, domain, accountId: 0 })
  return { kind: 'no-such-account', subject: address }
}

async function postmaster(directory: SendTestNeeds['directory']): Promise<string | undefined> {
  const [first] = (await directory.listDomains()).items
  return first === undefined ? undefined : `postmaster@${first.name}`
}

/** Undefined: it is no address. */
async function recipientsOf(
  needs: SendTestNeeds,
  to: string,
  sender: Sender,
): Promise<readonly NewRecipient[] | Refusal | undefined> {
  const parsed = parseAddress(to)
  if (parsed === undefined) return undefined
  const found = await needs.directory.resolve(parsed.localPart, parsed.domain)
  if (found.kind === 'no-such-mailbox') return refuse('no-such-mailbox', { address: to })
  if (found.kind === 'disabled') return refuse('mailbox-disabled', { address: to, hostname: needs.hostname })
  const recipients = asRecipients(found, to)
  for (const { address, local } of recipients) {
    if (local !== undefined) continue
    const { accountId, domain: senderDomain } = sender
    const suppressed = await needs.suppressions.find({ accountId, senderDomain, recipient: address })
    if (suppressed !== undefined)
      return refuse('recipient-suppressed', { address, reason: because(suppressed), hostname: needs.hostname })
  }
  return recipients
}

function asRecipients(
  found: Exclude<Resolution, { kind: 'no-such-mailbox' | 'disabled' }>,
  to: string,
): readonly NewRecipient[] {
  const parameters = noRecipientParameters
  if (found.kind === 'not-local') return [{ address: to, parameters }]
  const mailboxes = found.kind === 'account' ? [found] : found.mailboxes
  const elsewhere = found.kind === 'account' ? [] : found.elsewhere
  return [
    ...mailboxes.map(({ account, detail }) => ({
      address: to,
      parameters,
      local: { accountId: account.accountId, detail },
    })),
    ...elsewhere.map(({ address }) => ({ address, parameters })),
  ]
}

/** What is in a mailbox here, or is held, has no news to wait for. */
async function whereTheyAre(
  { queue, tests }: SendTestNeeds,
  messageId: string,
  recipients: readonly NewRecipient[],
): Promise<readonly TestRecipient[]> {
  const queued = (await queue.show(messageId))?.recipients ?? []
  return recipients.map(({ address, local }) => {
    const row = queued.find(one => one.address === address)
    const isHere = local !== undefined && row === undefined
    if (isHere || row?.heldFor !== undefined) tests.expectNothing(messageId, address)
    return { address, isHere, hop: row?.hop ?? null, heldFor: row?.heldFor ?? null }
  })
}

interface Composed {
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly hostname: string
  readonly now: number
}

function compose({ messageId, from, to, hostname, now }: Composed): string {
  return [
    `Date: ${printMailDate(now)}`,
    `From: Posthouse <${from}>`,
    `To: <${to}>`,
    `Subject: A test message of ${hostname}`,
    `Message-ID: <${messageId}@${hostname}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `The administrator of ${hostname} has sent this message with "posthouse send-test",`,
    'to see whether mail from there arrives. Nobody has to do anything about it.',
    '',
  ].join('\r\n')
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

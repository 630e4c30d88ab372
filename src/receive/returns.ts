// What comes back to us about mail that we sent: delivery reports to a signed return path (VERP), complaints of recipients (RFC 5965) to any address.
// It is noted of which message and recipient it is and of what class, a recipient that is not there or complains goes on its sender's list, and the
// message goes on to its owner as every other: whoever takes mail from other servers calls `note` once it is stored. Each recipient of a message
// knows its return path: nothing that is said of a message with several recipients elsewhere is believed, for any of them may have written it.

import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { Log } from '#io/log.ts'
import { parseAddress } from '#mail/address.ts'
import { firstValue, readHeader } from '#mail/header.ts'
import type { OutcomeClass } from '#mail/outcome.ts'
import { classify, readReply } from '#mail/outcome-class.ts'
import { type Complaint, readArf } from '#mail/read-arf.ts'
import { readDsn } from '#mail/read-dsn.ts'
import type { ReturnedDsn, ReturnedRecipient } from '#mail/returned-dsn.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Suppressed } from '#suppression/outcome-rows.ts'
import { nameOf, type SentRecipient } from '#suppression/sent-recipients.ts'
import type { Suppressions } from '#suppression/suppressions.ts'
import { limits } from './return-limits.ts'

export interface ReturnsNeeds {
  readonly suppressions: Pick<Suppressions, 'sentTo' | 'suppress'>
  readonly returnPaths: Pick<ReturnPaths, 'readVerp'>
  readonly log: Log
}

export interface Incoming {
  /** Its id here, for the log. */
  readonly messageId: string
  /** As RCPT named them. */
  readonly recipients: readonly string[]
  readonly message: SpooledMessage
}

export interface Returns {
  /** Never rejects: the message is in its mailbox, and an error told to its sender would bring it a second time. */
  note(incoming: Incoming): Promise<void>
}

export function openReturns(needs: ReturnsNeeds): Returns {
  return {
    async note(incoming) {
      try {
        await noteReturn(needs, incoming)
      } catch (error) {
        needs.log.error('return.not-noted', { message: incoming.messageId, reason: String(error) })
      }
    },
  }
}

async function noteReturn(needs: ReturnsNeeds, { messageId, recipients, message }: Incoming): Promise<void> {
  const about = recipients.map(address => messageOf(needs, address)).find(id => id !== undefined)
  if (about === undefined && !mayBeComplaint(message)) return
  const most = about === undefined ? limits.complaintBytes : limits.returnBytes
  const octets = await message.read(0, Math.min(message.sizeBytes, most))
  const complaint = readArf(octets)
  if (complaint !== undefined) return await noteComplaint(needs, complaint, { messageId, about })
  const dsn = about === undefined ? undefined : readDsn(octets)
  if (dsn !== undefined && about !== undefined) await noteDsn(needs, dsn, { messageId, about })
}

/** Which message of ours was sent with that return path; undefined: none, or nobody here signed it. */
function messageOf({ returnPaths }: ReturnsNeeds, address: string | undefined): string | undefined {
  const parsed = address === undefined ? undefined : parseAddress(address)
  const read = parsed && returnPaths.readVerp(parsed)
  return read?.kind === 'ours' ? read.messageId : undefined
}

/** Complaints go to an address that was told to the provider, not to the return path. */
function mayBeComplaint({ head }: SpooledMessage): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
  // Most mail is none, and is looked through no further.
  if (!text.includes('feedback-report')) return false
  return firstValue(readHeader(head), 'content-type')?.includes('feedback-report') === true
}

interface About {
  readonly messageId: string
  /** The message of ours. */
  readonly about: string
}

async function noteDsn(needs: ReturnsNeeds, dsn: ReturnedDsn, { messageId, about }: About): Promise<void> {
  const sent = await needs.suppressions.sentTo(about)
  const suppressed: Suppressed[] = []
  for (const returned of dsn.recipients) {
    const whose = recipientOf(returned, sent)
    const judged = judge(returned, dsn)
    needs.log.info('return.report', {
      message: messageId,
      about,
      recipient: whose?.recipient ?? returned.address,
      isKnown: whose !== undefined,
      isBelieved: isBelieved(sent),
      action: returned.action,
      ...judged,
    })
    const isForGood = returned.action === 'failed' && judged.status?.startsWith('5') === true
    if (whose === undefined || !isForGood || judged.class !== 'recipient-unknown' || !isBelieved(sent)) continue
    suppressed.push({
      ...whose,
      reason: 'unknown',
      source: 'report',
      detail: returned.diagnostic ?? judged.status ?? '',
    })
  }
  await suppress(needs, suppressed, messageId)
}

/** Whoever wrote it speaks of nobody else. */
function isBelieved(sent: readonly SentRecipient[]): boolean {
  return sent.length === 1
}

/** The one of the message's recipients that is meant. What was forwarded and failed there says nothing of the address that we wrote to. */
function recipientOf(
  { address, originalAddress }: ReturnedRecipient,
  sent: readonly SentRecipient[],
): SentRecipient | undefined {
  const named = address ?? originalAddress
  if (named === undefined) return sent.length === 1 ? sent[0] : undefined
  const name = nameOf(named)
  return sent.find(({ recipient }) => recipient === name)
}

function judge(
  { status, diagnostic, remoteMta }: ReturnedRecipient,
  { reportingMta }: ReturnedDsn,
): { readonly status: string | undefined; readonly class: OutcomeClass } {
  const reply = readReply(diagnostic ?? '', status)
  if (reply === undefined) return { status, class: 'unclear' }
  const judgement = classify(reply, { host: remoteMta ?? reportingMta, stage: undefined })
  return { status: judgement.status, class: judgement.class }
}

async function noteComplaint(
  needs: ReturnsNeeds,
  complaint: Complaint,
  { messageId, about: told }: { readonly messageId: string; readonly about: string | undefined },
): Promise<void> {
  const about = told ?? messageOf(needs, complaint.originalSender)
  const { feedbackType, userAgent } = complaint
  const sent = about === undefined ? [] : await needs.suppressions.sentTo(about)
  const whose = complainersOf(complaint, sent)
  needs.log.info('return.complaint', { message: messageId, about, feedbackType, userAgent, recipients: whose.length })
  if (!complaints.has(feedbackType) || !isBelieved(sent)) return
  const detail = `${feedbackType}${userAgent === undefined ? '' : `, reported by ${userAgent}`}`
  const suppressed = whose.map(one => ({ ...one, reason: 'complaint' as const, source: 'feedback' as const, detail }))
  await suppress(needs, suppressed, messageId)
}

/** RFC 5965 7.3. The others are no complaint of a recipient: `not-spam`, `virus`, `auth-failure` (RFC 6591). */
const complaints: ReadonlySet<string> = new Set(['abuse', 'fraud', 'opt-out'])

/** Who complains is often kept secret: then it is the message's only recipient, or nobody. */
function complainersOf({ originalRecipients }: Complaint, sent: readonly SentRecipient[]): readonly SentRecipient[] {
  const names = new Set(originalRecipients.map(nameOf))
  const found = sent.filter(({ recipient }) => names.has(recipient))
  return found.length === 0 && sent.length === 1 ? sent : found
}

async function suppress(needs: ReturnsNeeds, list: readonly Suppressed[], messageId: string): Promise<void> {
  if (list.length === 0) return
  const count = await needs.suppressions.suppress(list)
  if (count === 0) return
  for (const { accountId, recipient, reason } of list)
    needs.log.info('return.suppressed', { message: messageId, accountId, recipient, reason })
}

// Delivery into mailboxes of this server: what each recipient's copy begins with, and one transaction of the store for all of them.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { asLines } from '#store/as-lines.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Delivery, Store } from '#store/store.ts'
import { fromUtf8 } from '#text/bytes.ts'
import { mailboxForDetail } from './detail.ts'

export interface LocalRecipient {
  readonly accountId: number
  /** As the envelope named it. */
  readonly address: string
  /** `x` of `alice+x@`. */
  readonly detail: string | undefined
  /** What else the envelope asked for, as JSON; kept with the copy. */
  readonly envelope?: string | undefined
}

export interface LocalMessage {
  /** The id under which every step of this message is logged. */
  readonly messageId: string
  /** '' for the null path. */
  readonly sender: string
  readonly recipients: readonly LocalRecipient[]
  /** Whole header lines with CRLF that go before the message in every copy: Received and the like. Written as UTF-8. */
  readonly fields: string
  /** It goes to each recipient's junk mailbox. */
  readonly isJunk?: boolean
  readonly spooled: SpooledMessage
  /** Any octet may stand in it (BODY=BINARYMIME): it is stored as lines (RFC 3030 3). */
  readonly mayBeBinary?: boolean
}

export interface LocalDelivery {
  /** Settles once every copy is durable: all are, or none. Two recipients of one mailbox get one copy. Rejects with DiskFullError. */
  deliver(message: LocalMessage): Promise<void>
}

export function localDelivery(needs: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}): LocalDelivery {
  const { store, clock, log } = needs
  return {
    async deliver(message) {
      const startedMs = clock.monotonicMs()
      const deliveries = await deliveriesOf(message, store)
      await using lines = message.mayBeBinary === true ? await asLines(store.spool, message.spooled) : undefined
      const stored = await store.deliver(lines ?? message.spooled, deliveries)
      const tookMs = Math.round(clock.monotonicMs() - startedMs)
      for (const { accountId, entry } of stored)
        log.info('deliver.stored', {
          message: message.messageId,
          accountId,
          uid: entry.uid,
          bytes: entry.sizeBytes,
          tookMs,
        })
    },
  }
}

async function deliveriesOf(message: LocalMessage, store: Store): Promise<readonly Delivery[]> {
  const deliveries = new Map<string, Delivery>()
  for (const recipient of message.recipients) {
    const { accountId, address, envelope } = recipient
    const found = message.isJunk === true ? junkMailbox(store, accountId) : mailboxOf(store, recipient)
    const mailbox = typeof found === 'string' ? found : await found
    const key = `${accountId} ${mailbox}`
    if (!deliveries.has(key)) deliveries.set(key, { accountId, mailbox, prefix: prefixOf(message, address), envelope })
  }
  return [...deliveries.values()]
}

function mailboxOf(store: Store, { accountId, detail }: LocalRecipient): string | Promise<string> {
  return detail === undefined ? 'INBOX' : mailboxForDetail(store, accountId, detail)
}

/** The one that the account has for it, whatever its name; made if there is none. */
async function junkMailbox(store: Store, accountId: number): Promise<string> {
  const mailboxes = await store.mailboxes(accountId)
  return mailboxes.find(mailbox => mailbox.specialUse === '\\Junk')?.name ?? 'Junk'
}

/** RFC 5321 4.4: Return-Path is the first line of all. Delivered-To says which of an account's addresses was meant, and shows loops. */
function prefixOf(message: LocalMessage, address: string): Uint8Array {
  return fromUtf8(`Return-Path: <${message.sender}>\r\nDelivered-To: ${address}\r\n${message.fields}`)
}

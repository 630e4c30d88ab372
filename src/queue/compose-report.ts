// A report as octets: what of the original goes back with it (RFC 3461 4.3), and what the composer needs to know.

import { composeDsn, type DsnRecipient } from '#mail/dsn.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { concat, fromUtf8 } from '#text/bytes.ts'
import { limits } from './limits.ts'
import type { QueuedMessage } from './rows.ts'

export interface ReportParts {
  readonly message: QueuedMessage
  readonly recipients: readonly DsnRecipient[]
  /** Undefined: nothing of it can be read. */
  readonly original: SpooledMessage | undefined
  readonly hostname: string
  readonly id: string
  readonly now: number
}

export async function composeReport({ message, recipients, original, ...report }: ReportParts): Promise<Uint8Array> {
  const { sender, parameters, arrivedAt, fields } = message
  const hasFailed = recipients.some(({ action }) => action === 'failed' || action === 'expired')
  // RFC 8689 5: what asked for TLS all the way does not go back over who knows which.
  const isHeaderOnly = parameters.ret === 'HDRS' || parameters.requireTls
  const isSmall = original !== undefined && original.sizeBytes <= limits.returnedBytes
  const isWhole = hasFailed && !isHeaderOnly && isSmall
  const body = isWhole ? await original.read(0, original.sizeBytes) : (original?.head ?? new Uint8Array(0))
  return composeDsn({
    ...report,
    to: sender,
    arrivedAt,
    envelopeId: parameters.envelopeId,
    recipients,
    original: concat([fromUtf8(fields), body]),
    returns: isWhole ? 'whole' : 'header',
  })
}

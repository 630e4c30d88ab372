// How the queue's messages come into mailboxes of this server: as those that were taken at once.

import type { LocalDelivery } from '#deliver/local.ts'
import type { Carrier } from '#queue/queue.ts'
import { withoutForwarders } from './destinations.ts'
import { envelopeRecord } from './envelope-record.ts'

export function localCarrier(delivery: LocalDelivery): Carrier {
  return {
    async carry({ messageId, sender, parameters, recipients, fields, spooled, isJunk }) {
      // What came from elsewhere has no priority any more (queueParameters).
      const message = { sender, parameters, client: undefined, authenticated: true, needsUtf8: parameters.smtpUtf8 }
      await delivery.deliver({
        messageId,
        sender,
        recipients: recipients.map(({ accountId, address, detail, envelope, parameters: own }) => ({
          accountId,
          address,
          detail,
          envelope: envelope ?? envelopeRecord({ ...message, recipient: { address, parameters: own } }),
        })),
        fields: withoutForwarders(fields),
        spooled,
        mayBeBinary: parameters.body === 'BINARYMIME',
        isJunk: isJunk === true,
      })
      return recipients.map(() => ({ kind: 'delivered' }))
    },
  }
}

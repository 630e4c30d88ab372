// IMAP's ENVELOPE of a message (RFC 3501 7.4.2, RFC 9051 7.5.2), from its header.

import { parseAddressList } from './address-list.ts'
import { fieldsNamed, firstValue, type Header } from './header.ts'
import type { Envelope, EnvelopeAddress } from './part.ts'

/** Fields that are absent are undefined or empty, present but empty ones ''. Missing Sender and Reply-To are From's. */
export function readEnvelope(header: Header): Envelope {
  const from = envelopeAddresses(header, 'from')
  const sender = firstAddresses(header, 'sender')
  const replyTo = firstAddresses(header, 'reply-to')
  return {
    date: firstValue(header, 'date'),
    subject: firstValue(header, 'subject'),
    from,
    sender: sender.length > 0 ? sender : from,
    replyTo: replyTo.length > 0 ? replyTo : from,
    to: envelopeAddresses(header, 'to'),
    cc: envelopeAddresses(header, 'cc'),
    bcc: allAddresses(header, 'bcc'),
    inReplyTo: firstValue(header, 'in-reply-to'),
    messageId: firstValue(header, 'message-id'),
  }
}

/** The addresses of one field as the envelope has them. */
export function envelopeAddresses(header: Header, name: 'from' | 'to' | 'cc'): readonly EnvelopeAddress[] {
  return name === 'from' ? firstAddresses(header, name) : allAddresses(header, name)
}

// A second From is a forger's: the first is what mail programs show.
function firstAddresses(header: Header, name: string): readonly EnvelopeAddress[] {
  return parseAddressList(firstValue(header, name) ?? '')
}

// RFC 5322 3.6 allows one To; programs that write several mean all of them.
function allAddresses(header: Header, name: string): readonly EnvelopeAddress[] {
  const values = fieldsNamed(header, name).map(field => field.value)
  return parseAddressList(values.join(', '))
}

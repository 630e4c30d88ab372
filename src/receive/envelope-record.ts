// What the envelope asked for beyond the addresses, as it is kept with a recipient's copy: the header tells nothing of it, and whoever
// sends the message on needs it (RFC 3461 5.2, 8689 4.2.1, 6710 4).

import {
  type MailParameters,
  noMailParameters,
  noRecipientParameters,
  type RecipientParameters,
} from '#wire/smtp/parameters.ts'

export interface Envelope {
  /** '' for the null path. */
  readonly sender: string
  readonly parameters: MailParameters
  /** The client's IP address; undefined of a message that has waited. */
  readonly client: string | undefined
  /** Whether the sender has logged in: nobody else's priority counts (RFC 6710 5). */
  readonly authenticated: boolean
  /** Whether an address or the header has letters beyond ASCII. */
  readonly needsUtf8: boolean
  readonly recipient: { readonly address: string; readonly parameters: RecipientParameters }
}

/** JSON; undefined where nothing was asked for, as of nearly all mail. */
export function envelopeRecord(envelope: Envelope): string | undefined {
  const { sender, client, recipient } = envelope
  if (envelope.parameters === noMailParameters && recipient.parameters === noRecipientParameters) return undefined
  const message = ofMessage(envelope)
  const own = ofRecipient(envelope)
  if (isEmpty(message) && isEmpty(own)) return undefined
  return JSON.stringify({ sender, client, ...message, recipient: { address: recipient.address, ...own } })
}

/** BODY=8BITMIME is left out, and SIZE: the message itself shows them. */
function ofMessage({ parameters, authenticated, needsUtf8 }: Envelope) {
  const { body, smtpUtf8, requireTls, ret, envelopeId, deliverBy, priority } = parameters
  return {
    body: body === 'BINARYMIME' ? body : undefined,
    smtpUtf8: (smtpUtf8 && needsUtf8) || undefined,
    requireTls: requireTls === noMailParameters.requireTls ? undefined : requireTls,
    ret,
    envelopeId,
    deliverBy,
    priority: authenticated ? priority : undefined,
  }
}

/** Postfix gives every recipient an ORCPT that only says its address again. */
function ofRecipient({ recipient: { address, parameters } }: Envelope) {
  const { notify, originalRecipient } = parameters
  const saysNothing =
    originalRecipient?.type.toLowerCase() === 'rfc822' &&
    originalRecipient.address.toLowerCase() === address.toLowerCase()
  return { notify, originalRecipient: saysNothing ? undefined : originalRecipient }
}

/** JSON leaves out what is undefined. */
function isEmpty(fields: Readonly<Record<string, unknown>>): boolean {
  for (const name in fields) if (fields[name] !== undefined) return false
  return true
}

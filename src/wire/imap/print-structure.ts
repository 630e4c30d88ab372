// ENVELOPE, BODY and BODYSTRUCTURE (RFC 3501 7.4.2) of a parsed message.

import type { Envelope, EnvelopeAddress, Parameter, Part } from '#mail/part.ts'
import { printNstring, printString } from './print.ts'

/** `(date subject from sender reply-to to cc bcc in-reply-to message-id)`. */
export function printEnvelope(envelope: Envelope): string {
  const { date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId } = envelope
  const addresses = [from, sender, replyTo, to, cc, bcc].map(printAddresses).join(' ')
  return `(${printNstring(date)} ${printNstring(subject)} ${addresses} ${printNstring(inReplyTo)} ${printNstring(messageId)})`
}

function printAddresses(addresses: readonly EnvelopeAddress[]): string {
  if (addresses.length === 0) return 'NIL'
  let list = '('
  // Second comes the source route of RFC 822, which nobody has any more.
  for (const { name, mailbox, host } of addresses) {
    list += `(${printNstring(name)} NIL ${printNstring(mailbox)} ${printNstring(host)})`
  }
  return `${list})`
}

/** The structure of `part`: with `extensions` what BODYSTRUCTURE says, without them BODY. */
export function printBody(part: Part, options: { readonly extensions: boolean }): string {
  const { extensions } = options
  return part.fields.type === 'multipart' && part.children.length > 0
    ? printMultipart(part, extensions)
    : printSinglePart(part, extensions)
}

function printMultipart(part: Part, extensions: boolean): string {
  const { subtype, parameters } = part.fields
  let text = '('
  for (const child of part.children) text += printBody(child, { extensions })
  text += ` ${printString(subtype)}`
  if (extensions) text += ` ${printParameters(parameters)} ${printCommonExtensions(part)}`
  return `${text})`
}

function printSinglePart(part: Part, extensions: boolean): string {
  const { type, subtype, parameters, id, description, encoding, md5 } = part.fields
  // A part whose multipart type holds nothing to count: clients expect parts there, so it is a plain file for them.
  const kind = type === 'multipart' ? '"application" "octet-stream"' : `${printString(type)} ${printString(subtype)}`
  let text = `(${kind} ${printParameters(parameters)} ${printNstring(id)} ${printNstring(description)}`
  text += ` ${printString(encoding)} ${part.bodyEnd - part.bodyStart}`
  if (type === 'text') text += ` ${part.lines}`
  // message/global looks like any file to a rev1 client: the long form is RFC 9051's.
  else if (type === 'message' && subtype === 'rfc822')
    text += ` ${printMessage(part.children[0], extensions)} ${part.lines}`
  if (extensions) text += ` ${printNstring(md5)} ${printCommonExtensions(part)}`
  return `${text})`
}

/** Envelope and structure of the message inside a message/rfc822. */
function printMessage(message: Part | undefined, extensions: boolean): string {
  const envelope = message?.envelope === undefined ? emptyEnvelope : printEnvelope(message.envelope)
  return `${envelope} ${message === undefined ? emptyBody(extensions) : printBody(message, { extensions })}`
}

const emptyEnvelope = `(${Array.from({ length: 10 }, () => 'NIL').join(' ')})`

function emptyBody(extensions: boolean): string {
  return `("text" "plain" NIL NIL NIL "7bit" 0 0${extensions ? ' NIL NIL NIL NIL' : ''})`
}

/** Disposition, language, location. */
function printCommonExtensions(part: Part): string {
  const { disposition, languages, location } = part.fields
  const printed =
    disposition === undefined ? 'NIL' : `(${printString(disposition.type)} ${printParameters(disposition.parameters)})`
  return `${printed} ${printLanguages(languages)} ${printNstring(location)}`
}

function printLanguages(languages: readonly string[]): string {
  const [only] = languages
  if (only === undefined) return 'NIL'
  return languages.length === 1 ? printString(only) : `(${languages.map(printString).join(' ')})`
}

function printParameters(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return 'NIL'
  return `(${parameters.map(({ name, value }) => `${printString(name)} ${printString(value)}`).join(' ')})`
}

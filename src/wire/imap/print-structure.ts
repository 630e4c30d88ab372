// ENVELOPE, BODY and BODYSTRUCTURE (RFC 3501 7.4.2, RFC 9051 7.5.2) of a parsed message.

import type { Envelope, EnvelopeAddress, Parameter, Part } from '#mail/part.ts'
import { isAscii, isPlainText, printHeaderText, printHost, printParameter, type TextOptions } from './header-text.ts'
import { printString } from './print.ts'

export class StructurePrinter {
  readonly #utf8: boolean
  /** Of the message whose header is being printed. */
  #charset: () => string | undefined = nobodysCharset
  /** Whether all that was printed would be the same for a session of the other kind. */
  isSameInUtf8 = true

  /** `utf8`: for a session that has enabled it. */
  constructor(utf8: boolean) {
    this.#utf8 = utf8
  }

  /** `(date subject from sender reply-to to cc bcc in-reply-to message-id)`. `charset`: of the message's text, as it names it; asked when needed. */
  envelope(envelope: Envelope, charset = nobodysCharset): string {
    this.#charset = charset
    const { date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId } = envelope
    const author = this.#addresses(from)
    // Both are From's own list where they are missing.
    const senders = sender === from ? author : this.#addresses(sender)
    const repliers = replyTo === from ? author : this.#addresses(replyTo)
    const people = `${author} ${senders} ${repliers} ${this.#addresses(to)} ${this.#addresses(cc)} ${this.#addresses(bcc)}`
    return `(${this.#ntext(date)} ${this.#ntext(subject)} ${people} ${this.#ntext(inReplyTo)} ${this.#ntext(messageId)})`
  }

  /** The structure of `part`: with `extensions` what BODYSTRUCTURE says, without them BODY. */
  body(part: Part, extensions: boolean): string {
    return part.fields.type === 'multipart' && part.children.length > 0
      ? this.#multipart(part, extensions)
      : this.#singlePart(part, extensions)
  }

  #addresses(addresses: readonly EnvelopeAddress[]): string {
    if (addresses.length === 0) return 'NIL'
    let list = '('
    for (const { name, mailbox, host } of addresses) {
      // Second comes the source route of RFC 822, which nobody has any more.
      list += `(${this.#ntext(name)} NIL ${this.#ntext(mailbox)} ${host === undefined ? 'NIL' : this.#host(host)})`
    }
    return `${list})`
  }

  #multipart(part: Part, extensions: boolean): string {
    const { subtype, parameters } = part.fields
    let text = '('
    for (const child of part.children) text += this.body(child, extensions)
    text += ` ${this.#text(subtype)}`
    if (extensions) text += ` ${this.#parameters(parameters)} ${this.#commonExtensions(part)}`
    return `${text})`
  }

  #singlePart(part: Part, extensions: boolean): string {
    const { type, subtype, parameters, id, description, encoding, md5 } = part.fields
    // A part whose multipart type holds nothing to count: clients expect parts there, so it is a plain file for them.
    const kind = type === 'multipart' ? '"application" "octet-stream"' : `${this.#text(type)} ${this.#text(subtype)}`
    let text = `(${kind} ${this.#parameters(parameters)} ${this.#ntext(id)} ${this.#ntext(description)}`
    text += ` ${this.#text(encoding)} ${part.bodyEnd - part.bodyStart}`
    if (type === 'text') text += ` ${part.lines}`
    else if (type === 'message' && this.#isLookedInto(subtype))
      text += ` ${this.#message(part.children[0], extensions)} ${part.lines}`
    if (extensions) text += ` ${this.#ntext(md5)} ${this.#commonExtensions(part)}`
    return `${text})`
  }

  /** message/global looks like any file to a client without UTF-8: its long form came with RFC 6855 and RFC 9051. */
  #isLookedInto(messageSubtype: string): boolean {
    if (messageSubtype === 'global') this.isSameInUtf8 = false
    return messageSubtype === 'rfc822' || (messageSubtype === 'global' && this.#utf8)
  }

  /** Envelope and structure of the message inside a message/rfc822. */
  #message(message: Part | undefined, extensions: boolean): string {
    const envelope =
      message?.envelope === undefined
        ? emptyEnvelope
        : this.envelope(message.envelope, () => charsetOf(message.fields.parameters))
    return `${envelope} ${message === undefined ? emptyBody(extensions) : this.body(message, extensions)}`
  }

  /** Disposition, language, location. */
  #commonExtensions(part: Part): string {
    const { disposition, languages, location } = part.fields
    const printed =
      disposition === undefined
        ? 'NIL'
        : `(${this.#text(disposition.type)} ${this.#parameters(disposition.parameters, part.fields.parameters)})`
    return `${printed} ${this.#languages(languages)} ${this.#ntext(location)}`
  }

  #languages(languages: readonly string[]): string {
    const [only] = languages
    if (only === undefined) return 'NIL'
    return languages.length === 1 ? this.#text(only) : `(${languages.map(language => this.#text(language)).join(' ')})`
  }

  /** `charset` is among `describing`: the parameters of the part's type. */
  #parameters(parameters: readonly Parameter[], describing = parameters): string {
    if (parameters.length === 0) return 'NIL'
    let list = ''
    for (const parameter of parameters) {
      const { name, value } = parameter
      list += list === '' ? '(' : ' '
      if (isPlainText(name) && isPlainText(value)) list += `"${name}" "${value}"`
      else {
        if (!isAscii(name) || !isAscii(value)) this.isSameInUtf8 = false
        list += printParameter(parameter, this.#options(charsetOf(describing)))
      }
    }
    return `${list})`
  }

  #ntext(text: string | undefined): string {
    return text === undefined ? 'NIL' : this.#text(text)
  }

  #text(text: string): string {
    if (isPlainText(text)) return `"${text}"`
    if (isAscii(text)) return printString(text)
    this.isSameInUtf8 = false
    return printHeaderText(text, this.#options(this.#charset()))
  }

  #host(host: string): string {
    if (isPlainText(host)) return `"${host}"`
    if (!isAscii(host)) this.isSameInUtf8 = false
    return printHost(host, this.#options(this.#charset()))
  }

  #options(charset: string | undefined): TextOptions {
    return { utf8: this.#utf8, charset }
  }
}

function nobodysCharset(): string | undefined {
  return undefined
}

function charsetOf(parameters: readonly Parameter[]): string | undefined {
  return parameters.find(({ name }) => name === 'charset')?.value
}

const emptyEnvelope = `(${Array.from({ length: 10 }, () => 'NIL').join(' ')})`

function emptyBody(extensions: boolean): string {
  return `("text" "plain" NIL NIL NIL "7bit" 0 0${extensions ? ' NIL NIL NIL NIL' : ''})`
}

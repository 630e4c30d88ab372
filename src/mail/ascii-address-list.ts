// An address list in ASCII (RFC 6858 2.1): names in encoded words, domains in their ASCII form. An address whose local part is beyond ASCII can't be
// written to by this reader: an invalid one stands in its place, and the name shows it.

import { fromLatin1 } from '#text/bytes.ts'
import { guessCharset } from '#text/charset.ts'
import { encodeWhole } from '#text/encode-words.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { printLocalPart } from './address.ts'
import { parseAddressList } from './address-list.ts'
import type { EnvelopeAddress } from './part.ts'

const invalid = 'invalid@internationalized-address.invalid'

/** Undefined: no address is in it. `latin1Text` as for `parseAddressList`. */
export function asciiAddressList(latin1Text: string): string | undefined {
  let written = ''
  /** What stands before the next address: nothing at the start and behind `group:`. */
  let comma = ''
  for (const address of parseAddressList(latin1Text)) {
    if (address.host !== undefined) {
      written += comma + printOne(address.name, address.mailbox ?? '', address.host)
      comma = ', '
    } else if (address.mailbox === undefined) {
      written += ';'
      comma = ', '
    } else {
      written += `${comma}${phrase(address.mailbox)}: `
      comma = ''
    }
  }
  return written === '' ? undefined : written
}

function printOne(name: EnvelopeAddress['name'], mailbox: string, host: string): string {
  const address = printable(mailbox, host)
  if (address !== undefined) return name === undefined ? bare(address) : `${phrase(name)} <${address}>`
  const original = guessCharset(fromLatin1(host === '' ? mailbox : `${mailbox}@${host}`))
  return `${encodeWhole(name === undefined ? original : `${decodeEncodedWords(name)} <${original}>`)} <${invalid}>`
}

/** An address without a name; one that is nothing keeps its brackets. */
function bare(address: string): string {
  return address === '' ? '<>' : address
}

/** Undefined: there is no way to write it in ASCII. */
function printable(mailbox: string, host: string): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(mailbox)) return undefined
  const domain = asciiHost.test(host) ? host : toAsciiDomain(guessCharset(fromLatin1(host)))
  if (domain === undefined) return undefined
  const local = mailbox === '' && domain === '' ? '' : printLocalPart(mailbox)
  return domain === '' ? local : `${local}@${domain}`
}

const asciiHost = /^(?:[^\x00-\x20"(),:;<>@[\\\]\x7f-\xff]*|\[[^\x00-\x20[\\\]\x7f-\xff]*\])$/

function phrase(latin1Text: string): string {
  if (atoms.test(latin1Text)) return latin1Text
  const text = decodeEncodedWords(latin1Text)
  if (!/^[\x20-\x7e]*$/.test(text) || text.includes('=?')) return encodeWhole(text)
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

// Encoded words are atoms, too.
const atoms = /^[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*$/

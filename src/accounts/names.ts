// Names as they are compared: two ways to write one name give the same folded one (RFC 8265 3.3: width, case, composition).

import { parseAddress, printAddress } from '#mail/address.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { limits } from './limits.ts'

/** An address as it is kept: compared by `local` and `domain`, shown as it was written. */
export interface FoldedAddress {
  readonly local: string
  readonly domain: string
  readonly shown: string
}

/** Written already as it is compared. */
const isPlain = /^[!-@[-~]+$/

/** Undefined: no local part can be written so. */
export function foldLocalPart(localPart: string): string | undefined {
  if (localPart.length <= limits.localPartBytes && isPlain.test(localPart)) return localPart
  const text = localPart.normalize('NFKC').toLowerCase().normalize('NFC')
  if (text === '' || /\p{Cc}|\p{Cs}/u.test(text)) return undefined
  return Buffer.byteLength(text) > limits.localPartBytes ? undefined : text
}

/** In lower case ASCII, without a final dot; undefined: no domain can be written so. */
export function foldDomain(domain: string): string | undefined {
  const folded = toAsciiDomain(domain.endsWith('.') ? domain.slice(0, -1) : domain)
  // An IPv4 address looks like a name, but no top-level domain is a number (RFC 3696 2).
  return folded === undefined || /(?:^|\.)\d+$/.test(folded) ? undefined : folded
}

/** Undefined if the text is no address. */
export function readAddress(text: string): FoldedAddress | undefined {
  const parsed = parseAddress(text.trim())
  if (parsed === undefined) return undefined
  const local = foldLocalPart(parsed.localPart)
  const domain = foldDomain(parsed.domain)
  if (local === undefined || domain === undefined) return undefined
  return { local, domain, shown: printAddress({ ...parsed, localPart: parsed.localPart.normalize('NFC') }) }
}

/** One name for every way to write it, for what is counted by the name that a client gives: nothing may be won by another way to write it. */
export function countedName(user: string): string {
  const name = readAddress(user)
  return name === undefined ? user.slice(0, limits.localPartBytes + limits.domainBytes) : `${name.local}@${name.domain}`
}

/** As readAddress, and `@domain`, the catch-all, whose local part is ''. */
export function readAlias(text: string): FoldedAddress | undefined {
  if (!text.trim().startsWith('@')) return readAddress(text)
  const shown = text.trim().slice(1)
  const domain = foldDomain(shown)
  return domain === undefined ? undefined : { local: '', domain, shown: `@${shown}` }
}

// One name for the ways to write a recipient: the case of its local part is no difference here, whatever its host makes of it.

import { parseAddress } from '#mail/address.ts'

export interface RecipientKey {
  /** In lower case ASCII. */
  readonly domain: string
  readonly local: string
}

/** Undefined if it is no address. */
export function recipientKey(address: string): RecipientKey | undefined {
  const parsed = parseAddress(address.trim().replace(/^<(.*)>$/, '$1'))
  if (parsed === undefined) return undefined
  return { domain: parsed.domain, local: parsed.localPart.normalize('NFC').toLowerCase() }
}

/** The key as one text. */
export function recipientName({ local, domain }: RecipientKey): string {
  return `${local}@${domain}`
}

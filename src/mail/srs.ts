// The sender rewriting scheme, for mail that is sent on: MAIL FROM is an address of the forwarder's domain, so that SPF passes there, and holds the
// sender's own, signed, so that a report finds its way back and nobody else's mail does. `SRS0=signature=day=domain=local@forwarder`; what is
// rewritten already becomes `SRS1=signature=domain==rest`, which leads back to the first forwarder.

import type { MailAddress } from './address.ts'
import { dayMs, isRecent, isSame, longestLocalPart, type Sign, signatureOf } from './return-path.ts'

/** Days in two letters of base32. */
const cycle = 1024
/** Reports come within the days that servers try. */
const validDays = 30
const dayLetters = 'abcdefghijklmnopqrstuvwxyz234567'

export interface SrsNeeds {
  readonly sign: Sign
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface Rewritten {
  readonly localPart: string
  /** Longer than a local part may be (RFC 5321 4.5.3.1.1). */
  readonly isTooLong: boolean
}

export function srsLocalPart(needs: SrsNeeds, sender: MailAddress): Rewritten {
  const { localPart, domain } = sender
  const again = ofRewritten(localPart, domain)
  const day = dayOf(needs.now)
  const written =
    again === undefined
      ? `SRS0=${signatureOf(needs.sign, textOfFirst(day, domain, localPart))}=${day}=${domain}=${localPart}`
      : `SRS1=${signatureOf(needs.sign, textOfSecond(again, spanOf(needs.now)))}=${again.domain}=${again.rest}`
  return { localPart: written, isTooLong: new TextEncoder().encode(written).length > longestLocalPart }
}

export function isSrs(localPart: string): boolean {
  return /^srs[01][=+-]/i.test(localPart)
}

/** Whom a return goes to. Undefined: not signed here, or too old. */
export function readSrs(needs: SrsNeeds, localPart: string): MailAddress | undefined {
  return /^srs0/i.test(localPart) ? readFirst(needs, localPart) : readSecond(needs, localPart)
}

function readFirst({ sign, now }: SrsNeeds, written: string): MailAddress | undefined {
  const [, signature, day, domain, localPart] = /^srs0[=+-]([^=]+)=([a-z2-7]{2})=([^=]+)=(.+)$/is.exec(written) ?? []
  if (signature === undefined || day === undefined || domain === undefined || localPart === undefined) return undefined
  if (!isSame(signature.toLowerCase(), signatureOf(sign, textOfFirst(day, domain, localPart)))) return undefined
  const number = dayLetters.indexOf(day.charAt(0).toLowerCase()) * 32 + dayLetters.indexOf(day.charAt(1).toLowerCase())
  return isRecent(number, { now, days: validDays, cycle }) ? { localPart, domain: domain.toLowerCase() } : undefined
}

/** The day in it is the first forwarder's to look at, and whoever plays one looks at nothing: so it ends here, too. */
function readSecond({ sign, now }: SrsNeeds, written: string): MailAddress | undefined {
  const [, signature, domain, rest] = /^srs1[=+-]([^=]+)=([^=]+)=([=+-].+)$/is.exec(written) ?? []
  if (signature === undefined || domain === undefined || rest === undefined) return undefined
  const isOf = (span: number) =>
    isSame(signature.toLowerCase(), signatureOf(sign, textOfSecond({ domain, rest }, span)))
  if (!isOf(spanOf(now)) && !isOf(spanOf(now) - 1)) return undefined
  return { localPart: `SRS0${rest}`, domain: domain.toLowerCase() }
}

/** Of a sender that another forwarder has rewritten: the domain of the first of them, and what stands after `SRS0` in its address. */
function ofRewritten(localPart: string, domain: string): { domain: string; rest: string } | undefined {
  const [, first] = /^srs0([=+-].+)$/is.exec(localPart) ?? []
  if (first !== undefined) return { domain, rest: first }
  const [, before, rest] = /^srs1[=+-][^=]+=([^=]+)=([=+-].+)$/is.exec(localPart) ?? []
  return before === undefined || rest === undefined ? undefined : { domain: before, rest }
}

/** In lower case: some servers fold local parts on the way. */
function textOfFirst(day: string, domain: string, localPart: string): string {
  return `srs0 ${day}=${domain}=${localPart}`.toLowerCase()
}

/** `span`: when it was signed; it stands nowhere else, for there is no room for it. */
function textOfSecond({ domain, rest }: { readonly domain: string; readonly rest: string }, span: number): string {
  return `srs1 ${span} ${domain}=${rest}`.toLowerCase()
}

/** It holds for the rest of one and for the next. */
function spanOf(now: number): number {
  return Math.floor(now / (validDays * dayMs))
}

function dayOf(now: number): string {
  const day = Math.floor(now / dayMs) % cycle
  return dayLetters.charAt(day >> 5) + dayLetters.charAt(day & 31)
}

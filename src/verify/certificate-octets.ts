// A certificate as its octets are (RFC 5280 4.1): what is hashed must be what was sent, not what a library would write again.

import { type KeyObject, X509Certificate } from 'node:crypto'
import { limits } from './limits.ts'

export interface ReadCertificate {
  readonly der: Uint8Array
  /** SubjectPublicKeyInfo, whole. */
  readonly publicKey: Uint8Array
  readonly key: KeyObject
  readonly x509: X509Certificate
  /** How many more authorities may stand below it; undefined: any number. */
  readonly pathLength: number | undefined
  /** It has a critical extension that is not among those looked at here (RFC 5280 4.2). */
  readonly isBeyondUs: boolean
}

/** Undefined for what is no certificate. */
export function readCertificate(der: Uint8Array): ReadCertificate | undefined {
  try {
    const x509 = new X509Certificate(der)
    const [signed] = elementsOf(der)
    if (signed === undefined || signed.whole.length !== der.length) return undefined
    const [toBeSigned] = elementsOf(signed.content)
    if (toBeSigned === undefined) return undefined
    const fields = elementsOf(toBeSigned.content).filter(({ tag }) => tag !== versionTag)
    const publicKey = fields[publicKeyPlace]?.whole
    if (publicKey === undefined) return undefined
    const extensions = extensionsOf(fields.find(({ tag }) => tag === extensionsTag)?.content)
    // Node reads the key when it is asked for it, and throws on one that is none.
    return { der, publicKey, key: x509.publicKey, x509, ...readExtensions(extensions) }
  } catch {
    return undefined
  }
}

interface Element {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

interface Extension {
  /** In hexadecimal. */
  readonly id: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

const versionTag = 0xa0
const extensionsTag = 0xa3
/** After the serial number, algorithm, issuer, validity and subject. */
const publicKeyPlace = 5
const booleanTag = 1
const integerTag = 2

const basicConstraints = '551d13'
/** Key usage, alternative names, extended key usage, policies: OpenSSL reads them, or they take nothing away. */
const known = [basicConstraints, '551d0f', '551d11', '551d25', '551d20']

/** The elements that stand side by side in `octets`. Throws on what is no DER. */
function elementsOf(octets: Uint8Array): readonly Element[] {
  const found: Element[] = []
  let at = 0
  while (at < octets.length) {
    if (found.length >= limits.certificateElements) throw new Error('too many elements')
    const { start, end } = lengthAt(octets, at + 1)
    if (end > octets.length) throw new Error('an element beyond the end')
    found.push({ tag: octets[at] ?? 0, content: octets.subarray(start, end), whole: octets.subarray(at, end) })
    at = end
  }
  return found
}

function lengthAt(octets: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = octets[at]
  if (first === undefined) throw new Error('no length')
  if (first < 0x80) return { start: at + 1, end: at + 1 + first }
  const count = first & 0x7f
  if (count === 0 || count > 3 || at + count >= octets.length) throw new Error('a length beyond use')
  const length = octets.subarray(at + 1, at + 1 + count).reduce((sum, octet) => sum * 256 + octet, 0)
  return { start: at + 1 + count, end: at + 1 + count + length }
}

function extensionsOf(content: Uint8Array | undefined): readonly Extension[] {
  const [list] = content === undefined ? [] : elementsOf(content)
  if (list === undefined) return []
  return elementsOf(list.content).map(({ content }) => {
    const parts = elementsOf(content)
    const [id] = parts
    const value = parts.at(-1)
    if (id === undefined || value === undefined) throw new Error('an extension without a value')
    const isCritical = parts.some(part => part.tag === booleanTag && part.content[0] !== 0)
    return { id: Buffer.from(id.content).toString('hex'), isCritical, value: value.content }
  })
}

function readExtensions(extensions: readonly Extension[]): Pick<ReadCertificate, 'pathLength' | 'isBeyondUs'> {
  const isBeyondUs = extensions.some(({ id, isCritical }) => isCritical && !known.includes(id))
  const constraints = extensions.find(({ id }) => id === basicConstraints)
  const [list] = constraints === undefined ? [] : elementsOf(constraints.value)
  const length = list && elementsOf(list.content).find(({ tag }) => tag === integerTag)
  return { pathLength: length?.content.at(-1), isBeyondUs }
}

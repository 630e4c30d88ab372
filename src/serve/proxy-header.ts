// The header that a proxy sends ahead of a connection it hands on (HAProxy's PROXY protocol, versions 1 and 2): who the client is.
// A pure function over what came so far; what stands behind the header is the client's own.

import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { crc32c } from './crc32c.ts'
import { limits } from './limits.ts'

export type ProxyHeader = ProxiedHeader | LocalHeader | MalformedHeader

export interface ProxiedHeader {
  readonly kind: 'proxied'
  /** The client's IP address, IPv4 as IPv4; `unix` if it came to the proxy over a unix socket. */
  readonly source: string
  readonly sourcePort: number
  /** What the client connected to, written alike. */
  readonly destination: string
  readonly destinationPort: number
  readonly sizeBytes: number
}

/** The proxy speaks for itself (a health check), or doesn't know whom it speaks for: the connection's own address counts. */
export interface LocalHeader {
  readonly kind: 'local'
  readonly sizeBytes: number
}

export interface MalformedHeader {
  readonly kind: 'malformed'
  readonly reason: string
}

/** The header that `bytes` begin with; undefined if they hold no more than the beginning of one. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader | undefined {
  if (startsLike(bytes, signature1)) return bytes.length < signature1.length ? undefined : readLine(bytes)
  if (startsLike(bytes, signature2)) return bytes.length < fixedBytes ? tooShort(bytes) : readBinary(bytes)
  return malformed('neither version begins so')
}

const signature1 = Buffer.from('PROXY ')
const signature2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')

function startsLike(bytes: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.min(bytes.length, signature.length)
  return Buffer.compare(bytes.subarray(0, length), signature.subarray(0, length)) === 0
}

function malformed(reason: string): MalformedHeader {
  return { kind: 'malformed', reason }
}

// Version 1: a line of text

function readLine(bytes: Uint8Array): ProxyHeader | undefined {
  const end = bytes.indexOf(10)
  const sizeBytes = end === -1 ? bytes.length : end + 1
  if (sizeBytes > limits.proxyLineBytes) return malformed(`a line of more than ${limits.proxyLineBytes} octets`)
  if (end === -1) return sizeBytes === limits.proxyLineBytes ? malformed('a line without an end') : undefined
  const line = Buffer.from(bytes.subarray(0, sizeBytes)).toString('latin1')
  if (!line.endsWith('\r\n')) return malformed('a line that ends in a bare LF')
  const [protocol = '', ...fields] = line.slice(signature1.length, -2).split(' ')
  if (protocol === 'UNKNOWN') return { kind: 'local', sizeBytes } // whatever follows is to be passed over
  return readFields(protocol, fields, sizeBytes)
}

const addressForms: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['TCP4', isIPv4],
  ['TCP6', isIPv6],
])

function readFields(protocol: string, fields: readonly string[], sizeBytes: number): ProxyHeader {
  const isAddress = addressForms.get(protocol)
  if (isAddress === undefined) return malformed('a protocol other than TCP4, TCP6 and UNKNOWN')
  const [source = '', destination = '', ...ports] = fields
  if (fields.length !== 4) return malformed('not two addresses and two ports')
  if (![source, destination].every(text => isAddress(text) && !text.includes('%'))) return malformed('no such address')
  if (!ports.every(isPort)) return malformed('no such port')
  const [sourcePort = 0, destinationPort = 0] = ports.map(Number)
  return {
    kind: 'proxied',
    source: ipaddr.process(source).toString(),
    sourcePort,
    destination: ipaddr.process(destination).toString(),
    destinationPort,
    sizeBytes,
  }
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

// Version 2: signature, version and command, family and transport, length, addresses, TLVs

const fixedBytes = 16
const versionAt = 12

const commands: ReadonlyMap<number, 'local' | 'proxy'> = new Map([
  [0, 'local'],
  [1, 'proxy'],
])

interface Family {
  readonly kind: 'inet' | 'unix'
  readonly addressBytes: number
  readonly portBytes: number
}

/** By the octet of family and transport; datagrams are none of ours. */
const families: ReadonlyMap<number, Family | undefined> = new Map([
  [0x00, undefined],
  [0x11, { kind: 'inet', addressBytes: 4, portBytes: 2 }],
  [0x21, { kind: 'inet', addressBytes: 16, portBytes: 2 }],
  [0x31, { kind: 'unix', addressBytes: 108, portBytes: 0 }],
])

function tooShort(bytes: Uint8Array): MalformedHeader | undefined {
  const version = bytes[versionAt]
  return version !== undefined && version >> 4 !== 2 ? malformed(`version ${version >> 4}`) : undefined
}

function readBinary(bytes: Uint8Array): ProxyHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint8(versionAt)
  if (version >> 4 !== 2) return malformed(`version ${version >> 4}`)
  const command = commands.get(version & 0x0f)
  if (command === undefined) return malformed(`command ${version & 0x0f}`)
  const sizeBytes = fixedBytes + view.getUint16(14)
  if (sizeBytes > limits.proxyHeaderBytes) return malformed(`a header of ${sizeBytes} octets`)
  const familyOctet = view.getUint8(13)
  if (command === 'proxy' && !families.has(familyOctet)) return malformed(`family and transport ${familyOctet}`)
  const family = families.get(familyOctet)
  const addressesEnd = fixedBytes + (family === undefined ? 0 : 2 * (family.addressBytes + family.portBytes))
  if (command === 'proxy' && addressesEnd > sizeBytes) return malformed('shorter than its addresses')
  if (bytes.length < sizeBytes) return undefined
  if (command === 'local') return { kind: 'local', sizeBytes } // its family and addresses are to be passed over
  const wrong = wrongExtension(bytes.subarray(0, sizeBytes), addressesEnd)
  if (wrong !== undefined) return malformed(wrong)
  return family === undefined ? { kind: 'local', sizeBytes } : proxied(bytes.subarray(0, sizeBytes), family)
}

function proxied(header: Uint8Array, { kind, addressBytes, portBytes }: Family): ProxyHeader {
  const sizeBytes = header.length
  const unix = 'unix'
  if (kind === 'unix')
    return { kind: 'proxied', source: unix, sourcePort: 0, destination: unix, destinationPort: 0, sizeBytes }
  const destinationAt = fixedBytes + addressBytes
  const portsAt = destinationAt + addressBytes
  const ports = new DataView(header.buffer, header.byteOffset + portsAt, 2 * portBytes)
  return {
    kind: 'proxied',
    source: addressText(header.subarray(fixedBytes, destinationAt)),
    sourcePort: ports.getUint16(0),
    destination: addressText(header.subarray(destinationAt, portsAt)),
    destinationPort: ports.getUint16(portBytes),
    sizeBytes,
  }
}

function addressText(bytes: Uint8Array): string {
  return ipaddr.process(ipaddr.fromByteArray([...bytes]).toString()).toString()
}

const checksumType = 0x03
const extensionHeadBytes = 3

/** Walks through the extensions (TLVs), of which only the checksum says something to us. @returns what is wrong with them */
function wrongExtension(header: Uint8Array, start: number): string | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  for (let at = start; at < header.length; ) {
    if (header.length - at < extensionHeadBytes) return 'an extension that is cut off'
    const valueAt = at + extensionHeadBytes
    const end = valueAt + view.getUint16(at + 1)
    if (end > header.length) return 'an extension longer than the header'
    if (header[at] === checksumType) {
      if (end - valueAt !== 4) return 'a checksum that is not four octets'
      if (checksumOf(header, valueAt) !== view.getUint32(valueAt)) return 'a checksum that does not fit'
    }
    at = end
  }
  return undefined
}

/** Of the whole header, with the checksum's own octets taken as zero. */
function checksumOf(header: Uint8Array, checksumAt: number): number {
  return crc32c(Uint8Array.from(header).fill(0, checksumAt, checksumAt + 4))
}

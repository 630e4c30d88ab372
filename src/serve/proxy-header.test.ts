import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Random } from '#io/random.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { crc32c } from './crc32c.ts'
import { limits } from './limits.ts'
import { readProxyHeader } from './proxy-header.ts'

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
const ipv4 = [192, 0, 2, 1, 203, 0, 113, 9, 0xdd, 0xd5, 0x00, 0x19]
const ipv6 = (source: number[]) => [...source, ...from6(0x20, 0x01, 0x0d, 0xb8), 0xdd, 0xd5, 0x02, 0x4b]
const proxy = 0x21
const local = 0x20

/** An IPv6 address that begins so, ends in 1, and is 0 in between. */
function from6(...start: number[]): number[] {
  return [...start, ...Array.from({ length: 15 - start.length }, () => 0), 1]
}

function binary(command: number, family: number, rest: readonly number[], sizeBytes = rest.length): Buffer {
  return Buffer.from([...signature, command, family, sizeBytes >> 8, sizeBytes & 0xff, ...rest])
}

function extension(type: number, value: readonly number[], sizeBytes = value.length): number[] {
  return [type, sizeBytes >> 8, sizeBytes & 0xff, ...value]
}

/** The last extension is the checksum, over the whole with zeros in its place. */
function checksummed(family: number, addresses: readonly number[], before: readonly number[] = []): Buffer {
  const header = binary(proxy, family, [...addresses, ...before, ...extension(3, [0, 0, 0, 0])])
  header.writeUInt32BE(crc32c(header), header.length - 4)
  return header
}

const mapped = [...Array.from({ length: 10 }, () => 0), 0xff, 0xff, 192, 0, 2, 1]
const v4 = { kind: 'proxied', source: '192.0.2.1', sourcePort: 56789, destination: '203.0.113.9', destinationPort: 25 }
const v6 = {
  kind: 'proxied',
  source: '2001:db8::1',
  sourcePort: 56789,
  destination: '2001:db8::1',
  destinationPort: 587,
}
const overUnix = { kind: 'proxied', source: 'unix', sourcePort: 0, destination: 'unix', destinationPort: 0 }

const wellFormed: readonly [string, Buffer | string, object][] = [
  ['TCP4', 'PROXY TCP4 192.0.2.1 203.0.113.9 56789 25\r\n', v4],
  ['TCP6', 'PROXY TCP6 2001:DB8:0::1 2001:db8::1 56789 587\r\n', v6],
  ['TCP6 with an IPv4 address in it', 'PROXY TCP6 ::ffff:192.0.2.1 ::ffff:203.0.113.9 56789 25\r\n', v4],
  [
    'port 0 and the last port',
    'PROXY TCP4 192.0.2.1 203.0.113.9 0 65535\r\n',
    { ...v4, sourcePort: 0, destinationPort: 65535 },
  ],
  ['UNKNOWN alone', 'PROXY UNKNOWN\r\n', { kind: 'local' }],
  ['UNKNOWN with what is passed over', `PROXY UNKNOWN ${'f'.repeat(91)}\r\n`, { kind: 'local' }],
  ['LOCAL', binary(local, 0, []), { kind: 'local' }],
  ['LOCAL with what is passed over', binary(local, 0x77, [1, 2, 3]), { kind: 'local' }],
  ['an unspecified family', binary(proxy, 0, []), { kind: 'local' }],
  ['AF_INET', binary(proxy, 0x11, ipv4), v4],
  ['AF_INET6', binary(proxy, 0x21, ipv6(from6(0x20, 0x01, 0x0d, 0xb8))), v6],
  ['AF_INET6 with an IPv4 address in it', binary(proxy, 0x21, ipv6(mapped)), { ...v6, source: '192.0.2.1' }],
  [
    'AF_UNIX',
    binary(
      proxy,
      0x31,
      Array.from({ length: 216 }, () => 47),
    ),
    overUnix,
  ],
  ['extensions', binary(proxy, 0x11, [...ipv4, ...extension(0x20, [1, 0, 0, 0, 0]), ...extension(4, [])]), v4],
  ['a checksum', checksummed(0x11, ipv4), v4],
  ['a checksum after other extensions', checksummed(0x11, ipv4, extension(2, [...Buffer.from('mail.test')])), v4],
  [
    'as long as may be',
    binary(proxy, 0x11, [
      ...ipv4,
      ...extension(
        4,
        Array.from({ length: limits.proxyHeaderBytes - 31 }, () => 9),
      ),
    ]),
    v4,
  ],
]

const malformed: readonly [string, Buffer | string, RegExp][] = [
  ['a command', 'EHLO client.test\r\n', /neither/],
  ['a TLS handshake', Buffer.from([22, 3, 1, 2, 0, 1]), /neither/],
  ['lower case', 'proxy TCP4 192.0.2.1 203.0.113.9 56789 25\r\n', /neither/],
  ['a bare LF', 'PROXY TCP4 192.0.2.1 203.0.113.9 56789 25\n', /bare LF/],
  ['no end', `PROXY UNKNOWN ${'f'.repeat(93)}`, /without an end/],
  ['one octet too long', `PROXY UNKNOWN ${'f'.repeat(92)}\r\n`, /more than 107/],
  ['a datagram', 'PROXY UDP4 192.0.2.1 203.0.113.9 56789 25\r\n', /protocol other/],
  ['no protocol', 'PROXY \r\n', /protocol other/],
  ['the name of an object’s own', 'PROXY constructor 192.0.2.1 203.0.113.9 56789 25\r\n', /protocol other/],
  ['an IPv6 address in TCP4', 'PROXY TCP4 ::1 203.0.113.9 56789 25\r\n', /address/],
  ['an IPv4 address in TCP6', 'PROXY TCP6 192.0.2.1 ::1 56789 25\r\n', /address/],
  ['a zone', 'PROXY TCP6 fe80::1%eth0 ::1 56789 25\r\n', /address/],
  ['leading zeros', 'PROXY TCP4 192.0.02.1 203.0.113.9 56789 25\r\n', /address/],
  ['a port too high', 'PROXY TCP4 192.0.2.1 203.0.113.9 65536 25\r\n', /port/],
  ['a port with a sign', 'PROXY TCP4 192.0.2.1 203.0.113.9 +1 25\r\n', /port/],
  ['a port with zeros', 'PROXY TCP4 192.0.2.1 203.0.113.9 025 25\r\n', /port/],
  ['no ports', 'PROXY TCP4 192.0.2.1 203.0.113.9\r\n', /two ports/],
  ['a field too many', 'PROXY TCP4 192.0.2.1 203.0.113.9 1 2 3\r\n', /two ports/],
  ['two spaces', 'PROXY TCP4  192.0.2.1 203.0.113.9 1 2\r\n', /two ports/],
  ['another version', binary(0x31, 0x11, ipv4), /version 3/],
  ['another command', binary(0x22, 0x11, ipv4), /command 2/],
  ['a datagram in binary', binary(proxy, 0x12, ipv4), /family and transport 18/],
  ['another family', binary(proxy, 0x41, ipv4), /family and transport 65/],
  ['shorter than its addresses', binary(proxy, 0x11, ipv4.slice(1)), /shorter/],
  ['IPv6 with the length of IPv4', binary(proxy, 0x21, ipv4), /shorter/],
  ['one octet too long in binary', binary(proxy, 0x11, ipv4, limits.proxyHeaderBytes - 15), /8193 octets/],
  ['an extension cut off', binary(proxy, 0x11, [...ipv4, 4, 0]), /cut off/],
  ['an extension past the end', binary(proxy, 0x11, [...ipv4, ...extension(4, [1], 2)]), /longer than the header/],
  [
    'an extension past the end of an unspecified family',
    binary(proxy, 0, extension(4, [], 1)),
    /longer than the header/,
  ],
  ['a checksum of three octets', binary(proxy, 0x11, [...ipv4, ...extension(3, [1, 2, 3])]), /four octets/],
  ['a wrong checksum', binary(proxy, 0x11, [...ipv4, ...extension(3, [1, 2, 3, 4])]), /does not fit/],
]

test('headers of both versions, whatever comes behind', () => {
  for (const [what, given, wanted] of wellFormed) {
    const header = Buffer.from(given)
    for (const behind of ['', 'EHLO client.test\r\n', '\x16\x03\x01', '\r\n\r\n', 'PROXY TCP4'])
      assert.deepEqual(
        readProxyHeader(Buffer.concat([header, Buffer.from(behind, 'latin1')])),
        { ...wanted, sizeBytes: header.length },
        what,
      )
  }
})

test('a header that is not whole yet wants more, wherever it is cut', () => {
  for (const [what, given] of wellFormed) {
    const header = Buffer.from(given)
    for (let length = 0; length < header.length; length++)
      assert.equal(readProxyHeader(header.subarray(0, length)), undefined, `${what}, ${length} octets`)
  }
})

test('what is no header is told so, with a reason, and stays so whatever follows', () => {
  for (const [what, given, reason] of malformed) {
    const bytes = Buffer.from(given)
    const answer = readProxyHeader(bytes)
    assert.equal(answer?.kind, 'malformed', what)
    assert.match(answer?.kind === 'malformed' ? answer.reason : '', reason, what)
    assert.equal(readProxyHeader(Buffer.concat([bytes, Buffer.from('\r\n\0\0\0\0')]))?.kind, 'malformed', what)
  }
})

test('an answer needs no more than its limit, and none is taken back: over random octets and changed headers', () => {
  const random = seededRandom(3)
  const most = Math.max(limits.proxyLineBytes, limits.proxyHeaderBytes)
  const seen = new Set<string>()
  for (let round = 0; round < 3_000; round++) {
    const bytes = changed(Buffer.from(wellFormed[round % wellFormed.length]?.[1] ?? ''), random)
    const filled = Buffer.concat([bytes, random.bytes(64)])
    const whole = readProxyHeader(Buffer.concat([filled, Buffer.alloc(most)]))
    assert.ok(whole !== undefined)
    seen.add(whole.kind)
    const cut = number(random) % filled.length
    const early = readProxyHeader(filled.subarray(0, cut))
    if (early === undefined) continue
    assert.deepEqual(early.kind === 'malformed' ? early.kind : early, whole.kind === 'malformed' ? whole.kind : whole)
  }
  assert.deepEqual([...seen].sort(), ['local', 'malformed', 'proxied'])
})

test('the checksum is the one of RFC 3720 B.4', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index)
  const table: [Uint8Array, number][] = [
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [ascending, 0x46dd794e],
    [ascending.toReversed(), 0x113fdb5c],
  ]
  for (const [bytes, wanted] of table) assert.equal(crc32c(bytes), wanted)
})

function number(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2)
  return high * 256 + low
}

/** With up to two octets of it changed, or one taken away. */
function changed(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  const changes = number(random) % 4
  if (changes === 3) return Buffer.concat([copy.subarray(0, 5), copy.subarray(6)])
  for (let change = 0; change < changes; change++)
    copy[number(random) % Math.min(40, copy.length)] = number(random) & 0xff
  return copy
}

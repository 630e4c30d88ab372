// Channel bindings of a TLS connection, from the server's side: tls-exporter (RFC 9266) and tls-server-end-point (RFC 5929 4).

import { createHash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { ChannelBindingType } from '#wire/sasl/mechanism.ts'

/** Undefined: this connection has none of that type. */
export function channelBindingOf(socket: TLSSocket, type: ChannelBindingType): Uint8Array | undefined {
  return type === 'tls-exporter' ? exporter(socket) : serverEndPoint(socket)
}

function exporter(socket: TLSSocket): Uint8Array | undefined {
  // RFC 9266 4: under TLS 1.2 only with the extended master secret, of which Node tells nothing.
  if (socket.getProtocol() !== 'TLSv1.3') return undefined
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
}

function serverEndPoint(socket: TLSSocket): Uint8Array | undefined {
  const certificate = socket.getX509Certificate()
  const hash = hashOf(certificate?.signatureAlgorithm)
  if (certificate === undefined || hash === undefined) return undefined
  return createHash(hash).update(certificate.raw).digest()
}

/** RFC 5929 4.1: the hash of the certificate's signature, SHA-256 in place of MD5 and SHA-1. Where there is none (Ed25519) or it is a parameter (PSS), no binding. */
function hashOf(signatureAlgorithm: string | undefined): string | undefined {
  const hash = /^(md5|sha1|sha224|sha256|sha384|sha512)With|^ecdsa-with-(SHA\d+)$/.exec(signatureAlgorithm ?? '')
  const name = (hash?.[1] ?? hash?.[2])?.toLowerCase()
  return name === 'md5' || name === 'sha1' ? 'sha256' : name
}

// IP addresses as SMTP writes them: IPv4 in four decimal parts, IPv6 by RFC 4291 2.2 without a zone (RFC 5321 4.1.3).

import ipaddr from 'ipaddr.js'

export function isIpv4(text: string): boolean {
  return fourParts.test(text)
}

export function isIpv6(text: string): boolean {
  return hexadecimalParts.test(text) && ipaddr.IPv6.isValid(text)
}

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const fourParts = new RegExp(`^${octet}(?:\\.${octet}){3}$`)
const hexadecimalParts = /^[0-9a-f:.]*:[0-9a-f:.]*$/i

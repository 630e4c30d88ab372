// Unbound as the resolver of a test's own world: zones that it was given, signed or not, and no question to anybody outside.
// The packages are unpacked as those of the mail systems are (mail-system.ts).

import { MailSystem } from './mail-system.ts'

export interface Zone {
  /** Without a final dot. */
  readonly name: string
  /** Lines of a zone file, names relative to the zone: `@ MX 10 mx`. */
  readonly records: readonly string[]
  /**
   * `signed`: the resolver knows its key, and answers with the AD bit. `bogus`: signed, and a record changed since, so that nothing of the name
   * `forged` in it may be believed. `insecure`: not signed.
   */
  readonly kind: 'signed' | 'bogus' | 'insecure'
}

const packages = ['unbound', 'ldnsutils'] as const

export interface ResolverPlace {
  /** 127.0.0.1 unless told. */
  readonly address?: string
  readonly port: number
  /** Words before its program, such as a host's. */
  readonly under?: readonly string[]
}

/** Listens there, by UDP and TCP. */
export async function startResolver(place: ResolverPlace, zones: readonly Zone[]): Promise<MailSystem> {
  const isSigned = ({ kind }: Zone) => kind !== 'insecure'
  const files: Record<string, string> = { '/etc/unbound/test.conf': configOf(place, zones) }
  for (const zone of zones) files[`/etc/zones/${zone.name}`] = zoneText(zone)
  const setup = {
    packages,
    users: ['unbound'],
    files,
    start: [
      'cd /etc/zones',
      ...zones.filter(isSigned).flatMap(zone => signing(zone)),
      'mkdir -p /run/unbound',
      '/usr/sbin/unbound -d -c /etc/unbound/test.conf',
    ].join('\n'),
    ready: /start of service/,
  }
  return await MailSystem.start(setup, place.under)
}

function configOf({ address = '127.0.0.1', port }: ResolverPlace, zones: readonly Zone[]): string {
  const lines = [
    'server:',
    `  interface: ${address}`,
    `  port: ${port}`,
    '  access-control: 0.0.0.0/0 allow',
    '  do-not-query-localhost: no',
    '  module-config: "validator iterator"',
    '  username: ""',
    '  chroot: ""',
    '  directory: "/run/unbound"',
    '  pidfile: ""',
    '  use-syslog: no',
    '  logfile: ""',
    '  verbosity: 1',
    '  num-threads: 1',
    // Else names below test. have answers of their own (RFC 6761).
    '  local-zone: "test." nodefault',
    // As those of addresses that are nobody's have.
    '  unblock-lan-zones: yes',
    // Nobody outside is asked.
    '  root-hints: "/dev/null"',
  ]
  for (const { name, kind } of zones) {
    if (kind !== 'insecure') lines.push(`  trust-anchor-file: "/etc/zones/${name}.key"`)
  }
  for (const { name, kind } of zones) {
    const file = kind === 'insecure' ? name : `${name}.signed`
    lines.push('auth-zone:', `  name: "${name}."`, `  zonefile: "/etc/zones/${file}"`)
    lines.push('  for-downstream: no', '  for-upstream: yes', '  fallback-enabled: no')
  }
  return lines.map(line => `${line}\n`).join('')
}

function zoneText({ name, records }: Zone): string {
  const lines = [
    `$ORIGIN ${name}.`,
    '$TTL 60',
    `@ SOA ns.${name}. hostmaster.${name}. 1 3600 600 86400 60`,
    '@ NS ns',
    'ns A 127.0.0.1',
    ...records,
  ]
  return lines.map(line => `${line}\n`).join('')
}

function signing({ name, kind }: Zone): readonly string[] {
  const steps = [
    `base=$(ldns-keygen -a ECDSAP256SHA256 -k ${name})`,
    `ldns-signzone -f ${name}.signed ${name} $base`,
    `cp $base.key ${name}.key`,
  ]
  // A host's address is another one than was signed.
  if (kind === 'bogus')
    steps.push(`sed -i -E 's/^(forged[^ \\t]*[ \\t].*A[ \\t]+)127\\.0\\.0\\.[0-9]+/\\1127.0.0.99/' ${name}.signed`)
  return steps
}

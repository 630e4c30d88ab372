// Postfix, Exim and OpenSMTPD as peers: each hands what its sendmail command takes to one host and port.

import type { MailSystemSetup } from './mail-system.ts'

export interface NextHop {
  /** On localhost. */
  readonly port: number
  /** PEM of the authority that its certificate must come from; it must name localhost. */
  readonly authority: string
}

const caPath = '/etc/peer/ca.pem'
/** Postfix prints nothing to a standard output that is no terminal. */
const logPath = '/var/log/mail.log'
const largestMessageBytes = 50_000_000

/** Prints what is written to a file from now on. */
function follow(path: string): string {
  return `touch ${path}; tail --sleep-interval=0.1 -f ${path} &`
}

/** Lines of Postfix's main.cf. */
export type PostfixSettings = Readonly<Record<string, string>>

const postfixServices = [
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'proxymap unix - - n - - proxymap',
  'smtp unix - - n - - smtp',
  'lmtp unix - - n - - lmtp',
  'local unix - n n - - local',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'discard unix - - n - - discard',
  'scache unix - - n - 1 scache',
  'anvil unix - - n - 1 anvil',
  'showq unix n - n - - showq',
  'postlog unix-dgram n - n - 1 postlogd',
]

/** Postfix with these settings beyond what a lone instance on loopback wants; `services` are lines of master.cf. */
export function postfix(settings: PostfixSettings, authority = '', services: readonly string[] = []): MailSystemSetup {
  const all: PostfixSettings = {
    compatibility_level: '3.6',
    maillog_file: logPath,
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    myhostname: 'postfix.example',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    message_size_limit: String(largestMessageBytes),
    mailbox_size_limit: '0',
    biff: 'no',
    smtputf8_enable: 'yes',
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}\n`)
  return {
    packages: ['postfix'],
    users: ['postfix', 'postdrop'],
    files: {
      '/etc/postfix/main.cf': lines.join(''),
      '/etc/postfix/master.cf': [...postfixServices, ...services].map(line => `${line}\n`).join(''),
      [caPath]: authority,
    },
    // The machine's own queue, if it has a Postfix, stays out of this one's sight.
    start: [
      'mkdir -p /var/lib/postfix',
      'mount -t tmpfs tmpfs /var/spool',
      'mount -t tmpfs tmpfs /var/lib/postfix',
      'mkdir /var/spool/postfix',
      'chown postfix /var/lib/postfix',
      follow(logPath),
      '/usr/sbin/postfix start-fg',
    ].join('\n'),
    ready: /daemon started/,
  }
}

/** Everything goes to the next hop, by SMTP under TLS with the name verified. */
export function postfixTo({ port, authority }: NextHop, settings: PostfixSettings = {}): MailSystemSetup {
  return postfix(
    {
      relayhost: `[localhost]:${port}`,
      smtp_host_lookup: 'native',
      smtp_tls_security_level: 'secure',
      smtp_tls_CAfile: caPath,
      smtp_tls_loglevel: '1',
      // Else it breaks the lines of a message.
      smtp_line_length_limit: '0',
      ...settings,
    },
    authority,
  )
}

const eximSpool = [
  'mkdir -p /var/spool/exim4',
  'mount -t tmpfs tmpfs /var/spool/exim4',
  'chown Debian-exim:Debian-exim /var/spool/exim4',
  follow('/var/spool/exim4/log-main'),
  'chown Debian-exim:Debian-exim /var/spool/exim4/log-main',
]

export function eximTo({ port, authority }: NextHop): MailSystemSetup {
  const config = `
primary_hostname = exim.example
exim_path = /usr/sbin/exim4
spool_directory = /var/spool/exim4
log_file_path = /var/spool/exim4/log-%s
qualify_domain = exim.example
trusted_users = root
never_users =
message_size_limit = ${largestMessageBytes}
keep_environment =
smtputf8_advertise_hosts = *
accept_8bitmime
dsn_advertise_hosts = *
acl_smtp_rcpt = everyone
bounce_return_size_limit = 100K
begin acl
everyone:
  accept
begin routers
everything:
  driver = manualroute
  route_list = * localhost byname
  self = send
  transport = next_hop
begin transports
next_hop:
  driver = smtp
  port = ${port}
  hosts_require_tls = *
  tls_verify_certificates = ${caPath}
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
  message_linelength_limit = 100000
begin retry
begin rewrite
begin authenticators
`
  return {
    packages: ['exim4-base', 'exim4-daemon-light'],
    users: ['Debian-exim'],
    files: { '/etc/exim4/exim4.conf': config, [caPath]: authority },
    start: [...eximSpool, 'echo up', 'sleep infinity'].join('\n'),
    ready: /^up$/m,
  }
}

export function openSmtpdTo({ port, authority }: NextHop): MailSystemSetup {
  const config = `
smtp max-message-size "${largestMessageBytes}"
listen on socket
action "next hop" relay host smtp+tls://localhost:${port} helo opensmtpd.example
match from any for any action "next hop"
`
  // The only place where it looks for authorities.
  return openSmtpd(config, { '/etc/ssl/certs/ca-certificates.crt': authority })
}

export function openSmtpd(config: string, files: Readonly<Record<string, string>> = {}): MailSystemSetup {
  return {
    packages: ['opensmtpd'],
    users: ['opensmtpd', 'opensmtpq'],
    files: {
      '/etc/smtpd.conf': config,
      '/etc/mailname': 'opensmtpd.example\n',
      '/etc/aliases': '',
      ...files,
    },
    start: [
      'mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd',
      'mount -t tmpfs tmpfs /var/spool/smtpd',
      'chmod 0711 /var/spool/smtpd',
      'chgrp opensmtpq /usr/sbin/smtpctl',
      'chmod 2755 /usr/sbin/smtpctl',
      '/usr/sbin/smtpd -d -v',
    ].join('\n'),
    ready: /will accept at most/,
  }
}

/** Takes mail for example.test on a port of loopback and throws it away. It believes every line end, as all did once. */
export function postfixAt(port: number): MailSystemSetup {
  const settings = {
    virtual_mailbox_domains: 'example.test',
    virtual_mailbox_maps: 'static:all',
    virtual_transport: 'discard',
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_forbid_bare_newline: 'no',
    smtpd_forbid_unauth_pipelining: 'no',
    smtpd_data_restrictions: '',
  }
  return postfix(settings, '', [`127.0.0.1:${port} inet n - n - - smtpd`])
}

export function eximAt(port: number): MailSystemSetup {
  const config = `
primary_hostname = exim.example
exim_path = /usr/sbin/exim4
spool_directory = /var/spool/exim4
log_file_path = /var/spool/exim4/log-%s
keep_environment =
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
smtp_enforce_sync = false
queue_only
acl_smtp_rcpt = everyone
begin acl
everyone:
  accept
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
begin transports
begin retry
begin rewrite
begin authenticators
`
  return exim(config)
}

/** As one that listens. */
export function exim(config: string): MailSystemSetup {
  return {
    packages: ['exim4-base', 'exim4-daemon-light'],
    users: ['Debian-exim'],
    files: { '/etc/exim4/exim4.conf': config },
    start: [...eximSpool, '/usr/sbin/exim4 -bdf'].join('\n'),
    ready: /listening for SMTP|daemon started/,
  }
}

export function openSmtpdAt(port: number): MailSystemSetup {
  const config = `
listen on 127.0.0.1 port ${port}
table everyone { "@" = "nobody" }
action "nowhere" mda "cat > /dev/null" virtual <everyone>
match from any for domain "example.test" action "nowhere"
`
  return openSmtpd(config)
}

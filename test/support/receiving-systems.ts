// Postfix, Exim and OpenSMTPD as those who receive: each takes mail for one domain at an address of loopback, under STARTTLS, and keeps it in a
// file, in the order of its coming. Of that domain there is nobody called `nobody`, and Postfix has no time at first for who is called `later`.

import type { MailSystem, MailSystemSetup } from './mail-system.ts'
import { exim, openSmtpd, postfix } from './mail-systems.ts'
import type { PeerCertificate } from './peer-certificates.ts'

export interface Receiving {
  readonly host: string
  readonly port: number
  readonly domain: string
  readonly certificate: PeerCertificate
}

export interface Receiver {
  readonly name: string
  readonly setup: (receiving: Receiving) => MailSystemSetup
  /** Prints all that it has taken. */
  readonly print: string
  /** It logs so what it has taken under TLS. Undefined: it offers STARTTLS, and every handshake fails. */
  readonly underTls: RegExp | undefined
  readonly knowsSmtpUtf8: boolean
}

const certPath = '/etc/peer/cert.pem'
const keyPath = '/etc/peer/key.pem'

export const receivers: readonly Receiver[] = [
  {
    name: 'Postfix',
    setup: receivingPostfix,
    print: 'cat /var/peer/taken/inbox',
    underTls: /TLS connection established from \S+ TLSv1\.3/,
    knowsSmtpUtf8: true,
  },
  {
    name: 'Exim',
    setup: receivingExim,
    print: 'cat /var/peer/taken/inbox',
    underTls: /<= .* X=TLS1\.3:/,
    knowsSmtpUtf8: true,
  },
  {
    name: 'OpenSMTPD',
    setup: receivingOpenSmtpd,
    print: 'cat /var/peer/taken/inbox',
    // Debian's keeps its keys in a process of their own, where its own library does not look for them.
    underTls: undefined,
    knowsSmtpUtf8: false,
  },
]

function certificateFiles({ certificate }: Receiving): Readonly<Record<string, string>> {
  return { [certPath]: certificate.cert, [keyPath]: certificate.key }
}

const mailFolder = (owner: string): readonly string[] => [
  'mkdir -p /var/peer',
  'mount -t tmpfs tmpfs /var/peer',
  'mkdir /var/peer/taken',
  `chown ${owner} /var/peer/taken`,
  `chmod 600 ${keyPath}`,
]

function receivingPostfix(receiving: Receiving): MailSystemSetup {
  const { host, port, domain } = receiving
  const settings = {
    myhostname: `mx.${domain}`,
    virtual_mailbox_domains: domain,
    virtual_mailbox_maps: 'static:taken/inbox',
    virtual_mailbox_base: '/var/peer',
    virtual_uid_maps: 'static:65534',
    virtual_gid_maps: 'static:65534',
    virtual_mailbox_limit: '0',
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_recipient_restrictions: 'check_recipient_access inline:{ {nobody@ = 550 5.1.1 nobody here} }, permit',
    smtpd_tls_cert_file: certPath,
    smtpd_tls_key_file: keyPath,
    smtpd_tls_security_level: 'may',
    smtpd_tls_loglevel: '1',
    smtpd_client_connection_rate_limit: '0',
  }
  const setup = postfix(settings, '', [`${host}:${port} inet n - n - - smtpd`, 'virtual unix - n n - - virtual'])
  const start = [...mailFolder('nobody'), setup.start].join('\n')
  return { ...setup, files: { ...setup.files, ...certificateFiles(receiving) }, start }
}

function receivingExim(receiving: Receiving): MailSystemSetup {
  const { host, port, domain } = receiving
  const setup = exim(`
primary_hostname = mx.${domain}
exim_path = /usr/sbin/exim4
spool_directory = /var/spool/exim4
log_file_path = /var/spool/exim4/log-%s
log_selector = +tls_cipher +smtp_connection
keep_environment =
never_users =
daemon_smtp_ports = ${port}
local_interfaces = ${host}
message_size_limit = 50M
smtputf8_advertise_hosts = *
accept_8bitmime
dsn_advertise_hosts = *
chunking_advertise_hosts = *
smtp_accept_queue_per_connection = 0
tls_advertise_hosts = *
tls_certificate = ${certPath}
tls_privatekey = ${keyPath}
acl_smtp_rcpt = known
acl_smtp_data = accept
acl_smtp_dkim = accept
begin acl
known:
  deny local_parts = nobody
    message = 5.1.1 nobody here
  accept domains = ${domain}
  deny message = 5.7.1 not for us
begin routers
everybody:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = /var/peer/taken/inbox
  user = nobody
  group = nogroup
  mode_fail_narrower = false
begin retry
begin rewrite
begin authenticators
`)
  const start = [...mailFolder('nobody'), `chown Debian-exim ${keyPath}`, setup.start].join('\n')
  return { ...setup, files: { ...setup.files, ...certificateFiles(receiving) }, start }
}

function receivingOpenSmtpd(receiving: Receiving): MailSystemSetup {
  const { host, port, domain } = receiving
  const setup = openSmtpd(`
pki own cert "${certPath}"
pki own key "${keyPath}"
smtp max-message-size "50M"
listen on ${host} port ${port} tls pki own hostname mx.${domain}
table everyone { "@" = "nobody" }
table gone { "nobody@${domain}" }
action "keep" mda "cat >> /var/peer/taken/inbox" virtual <everyone>
match from any for rcpt-to <gone> reject
match from any for domain "${domain}" action "keep"
`)
  const start = [...mailFolder('nobody'), setup.start].join('\n')
  return { ...setup, files: { ...setup.files, ...certificateFiles(receiving) }, start }
}

/** What it has taken so far, all in one text with LF. */
export async function takenBy(system: MailSystem, { print }: Receiver): Promise<string> {
  const { stdout } = await system.run('sh', ['-c', `${print} 2>/dev/null || true`])
  return stdout.toString('utf8')
}

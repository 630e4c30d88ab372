// What people glue together today, for comparison: Postfix takes the mail and hands it by LMTP to Dovecot, which serves IMAP and POP3.
// Both run from a folder of the bench's own, on loopback, as Debian ships them; needs root, as they do.

import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineClient } from '../../test/support/line-client.ts'
import { processorSeconds, processTree, residentBytes } from '../measure.ts'
import { type Filling, password, type ServerUnderTest, sinkPlace, users } from './server.ts'

const host = '127.0.0.1'
/** Above those that tests give to Posthouse. */
const ports = { mx: 31_025, submissions: 31_465, lmtp: 31_024, imaps: 31_993, pop3s: 31_995 } as const

/** Whether both are installed and may be started. */
export function postfixDovecotInstalled(): boolean {
  return existsSync('/usr/sbin/postfix') && existsSync('/usr/sbin/dovecot') && process.getuid?.() === 0
}

/** Starts both; settles when every port answers. */
export async function startPostfixDovecot(): Promise<ServerUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-bench-peer-'))
  chmodSync(folder, 0o755)
  makeCertificate(folder)
  writePostfix(folder)
  const mail = writeDovecot(folder)
  const dovecot = spawn('/usr/sbin/dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' })
  execFileSync('/usr/sbin/postfix', ['-c', join(folder, 'postfix'), 'start'], { stdio: 'ignore' })
  for (const port of Object.values(ports)) await answering(port)
  const postfixMaster = Number(readFileSync(join(folder, 'queue/pid/master.pid'), 'utf8').trim())
  const processes = () => [...processTree(dovecot.pid ?? 0), ...processTree(postfixMaster)]
  return {
    name: 'Postfix + Dovecot',
    mx: { host, port: ports.mx },
    submissions: { host, port: ports.submissions },
    imaps: { host, port: ports.imaps },
    pop3s: { host, port: ports.pop3s },
    certificates: folder,
    users,
    password,
    async fill(user, filling) {
      const maildir = join(mail, user.split('@')[0] ?? '', 'Maildir')
      fillMaildir(maildir, filling.mailbox === undefined ? maildir : join(maildir, `.${filling.mailbox}`), filling)
    },
    residentBytes: () => residentBytes(processes()),
    processorSeconds: () => processorSeconds(processes()),
    async [Symbol.asyncDispose]() {
      execFileSync('/usr/sbin/postfix', ['-c', join(folder, 'postfix'), 'stop'], { stdio: 'ignore' })
      const ended = new Promise(settle => dovecot.once('exit', settle))
      dovecot.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answering(port: number): Promise<void> {
  const deadline = performance.now() + 20_000
  for (;;) {
    try {
      const client = await LineClient.open({ host, port }, false)
      client.close()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise(settle => setTimeout(settle, 50))
    }
  }
}

function makeCertificate(folder: string): void {
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
  ]
  execFileSync('openssl', [...words, '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], {
    stdio: 'ignore',
  })
}

const services = [
  ['pickup', 'unix', 'n', '-', 'n', '60', '1', 'pickup'],
  ['cleanup', 'unix', 'n', '-', 'n', '-', '0', 'cleanup'],
  ['qmgr', 'unix', 'n', '-', 'n', '300', '1', 'qmgr'],
  ...[
    'rewrite',
    'bounce',
    'defer',
    'trace',
    'verify',
    'proxymap',
    'flush',
    'lmtp',
    'smtp',
    'error',
    'retry',
    'anvil',
    'showq',
  ].map(name => [
    name,
    'unix',
    ...(name === 'flush' ? ['n', '-', 'n', '1000?', '0'] : ['-', '-', 'n', '-', name === 'anvil' ? '1' : '-']),
    { rewrite: 'trivial-rewrite', defer: 'bounce', trace: 'bounce', retry: 'error' }[name] ?? name,
  ]),
  ['postlog', 'unix-dgram', 'n', '-', 'n', '-', '1', 'postlogd'],
]

function writePostfix(folder: string): void {
  const config = join(folder, 'postfix')
  for (const name of ['postfix', 'queue', 'postfix-data']) mkdirSync(join(folder, name))
  chownSync(join(folder, 'postfix-data'), idOf('postfix'), groupOf('postfix'))
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'postfix-data'),
    maillog_file: join(folder, 'postfix.log'),
    maillog_file_prefixes: tmpdir(),
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    myhostname: 'mx.example.test',
    mydestination: '',
    mynetworks: '',
    alias_maps: '',
    local_recipient_maps: '',
    virtual_mailbox_domains: 'example.test',
    virtual_mailbox_maps: 'static:all',
    virtual_transport: `lmtp:inet:127.0.0.1:${ports.lmtp}`,
    relayhost: `[${sinkPlace.host}]:${sinkPlace.port}`,
    smtpd_tls_cert_file: join(folder, 'cert.pem'),
    smtpd_tls_key_file: join(folder, 'key.pem'),
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtputf8_enable: 'no',
    message_size_limit: '50000000',
  }
  writeFileSync(
    join(config, 'main.cf'),
    Object.entries(settings)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(''),
  )
  const tls = ['-o', 'smtpd_tls_wrappermode=yes', '-o', 'smtpd_tls_security_level=encrypt']
  // Whoever connects may send: it looks up no password, and Posthouse does.
  const open = ['-o', 'mynetworks=127.0.0.0/8', '-o', 'smtpd_relay_restrictions=permit_mynetworks,reject']
  const lines = [
    [`127.0.0.1:${ports.mx}`, 'inet', 'n', '-', 'n', '-', '-', 'smtpd'],
    [`127.0.0.1:${ports.submissions}`, 'inet', 'n', '-', 'n', '-', '-', 'smtpd', ...tls, ...open],
    ['tlsmgr', 'unix', '-', '-', 'n', '1000?', '1', 'tlsmgr'],
    ...services,
  ]
  writeFileSync(join(config, 'master.cf'), lines.map(words => `${words.join(' ')}\n`).join(''))
}

/** Writes the configuration; gives the folder of the mailboxes (Maildir, the choice of most who run it). */
function writeDovecot(folder: string): string {
  const mail = join(folder, 'mail')
  mkdirSync(mail)
  const [user, group] = [idOf('mail'), groupOf('mail')]
  chownSync(mail, user, group)
  writeFileSync(
    join(folder, 'dovecot.conf'),
    `
protocols = imap pop3 lmtp
listen = ${host}
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 3000
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${mail}/%n
}
service lmtp {
  inet_listener lmtp {
    address = ${host}
    port = ${ports.lmtp}
  }
}
service imap-login {
  service_count = 0
  client_limit = 4000
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service imap {
  process_limit = 3000
}
service pop3-login {
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    port = ${ports.pop3s}
    ssl = yes
  }
}
`,
  )
  return mail
}

function idOf(user: string): number {
  return Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }))
}

function groupOf(user: string): number {
  return Number(execFileSync('id', ['-g', user], { encoding: 'utf8' }))
}

let fillings = 0

/** Writes the files that deliveries would have made, no two of one name: Dovecot takes them up at the next SELECT. */
function fillMaildir(root: string, folder: string, { count, message }: Filling): void {
  for (const at of new Set([root, folder]))
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(at, name), { recursive: true })
  fillings += 1
  for (let number = 0; number < count; number += 1) {
    const text = message(number)
    const name = `${1_700_000_000 + number}.M${number}P${fillings}.bench,S=${text.length},W=${text.length}:2,`
    writeFileSync(join(folder, 'cur', name), text)
  }
  execFileSync('chown', ['-R', 'mail:mail', join(root, '..')])
}

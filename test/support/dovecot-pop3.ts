// A Dovecot that serves POP3 over TLS from Maildirs, as Debian ships it but for its folders and ports; it leaves the Maildirs behind. Needs root.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineClient } from './line-client.ts'

const host = '127.0.0.1'

export function dovecotPop3Installed(): boolean {
  return existsSync('/usr/lib/dovecot/pop3') && process.getuid?.() === 0
}

/** Mailboxes of Dovecot's, in a folder that is removed when disposed of. */
export class DovecotMail implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'posthouse-dovecot-'))

  constructor() {
    chmodSync(this.folder, 0o755)
    mkdirSync(join(this.folder, 'mail'))
  }

  /** The Maildir of `user`: what stands before the @. */
  maildir(user: string): string {
    return join(this.folder, 'mail', user, 'Maildir')
  }

  /** Files that a delivery would have made, in `new` or `cur`, whose flags are in their names. */
  write(user: string, files: Readonly<Record<string, string>>): void {
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(this.maildir(user), name), { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.maildir(user), name), text)
    execFileSync('chown', ['-R', 'mail:mail', join(this.folder, 'mail')])
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface RunningDovecot extends AsyncDisposable {
  /** Its certificate, which clients are to trust. */
  readonly certificate: string
}

/** Settles when it answers. `settings`: more lines of its configuration. */
export async function startDovecotPop3(
  mail: DovecotMail,
  { port, password, settings = '' }: { readonly port: number; readonly password: string; readonly settings?: string },
): Promise<RunningDovecot> {
  const { folder } = mail
  const certificate = join(folder, 'cert.pem')
  if (!existsSync(certificate)) makeCertificate(folder)
  writeFileSync(join(folder, 'dovecot.conf'), configuration(folder, { port, password, settings }))
  const child = spawn('/usr/sbin/dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' })
  await answering(port, () => readFileSync(join(folder, 'dovecot.log'), 'utf8'))
  return {
    certificate,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

function makeCertificate(folder: string): void {
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'.split(' ')
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  execFileSync('openssl', [...words, '-addext', 'subjectAltName=DNS:localhost', ...files], { stdio: 'ignore' })
}

interface Configuration {
  readonly port: number
  readonly password: string
  readonly settings: string
}

function configuration(folder: string, { port, password, settings }: Configuration): string {
  const [uid, gid] = ['-u', '-g'].map(word => execFileSync('id', [word, 'mail'], { encoding: 'utf8' }).trim())
  return `
protocols = pop3
listen = ${host}
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%n
}
service pop3-login {
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    port = ${port}
    ssl = yes
  }
}
${settings}`
}

async function answering(port: number, log: () => string): Promise<void> {
  for (const deadline = performance.now() + 20_000; ; ) {
    try {
      const client = await LineClient.open({ host, port }, false)
      client.close()
      return
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`Dovecot did not start:\n${log()}`, { cause: error })
      await new Promise(settle => setTimeout(settle, 50))
    }
  }
}

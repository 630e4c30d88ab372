// Dovecot's imap process by itself, already logged in, over a Maildir of its own: a second opinion on what FETCH says. Needs root.

import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = '/usr/lib/dovecot/imap'

export function dovecotInstalled(): boolean {
  return existsSync(program) && process.getuid?.() === 0
}

/** All that Dovecot says (a character per octet) to `lines`, with `messages` in its INBOX, numbered from 1. */
export async function askDovecot(messages: readonly Uint8Array[], lines: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-dovecot-'))
  try {
    writeMailbox(folder, messages)
    return await talk(folder, lines)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeMailbox(folder: string, messages: readonly Uint8Array[]): void {
  chmodSync(folder, 0o755)
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(folder, 'Maildir', name), { recursive: true })
  for (const [index, bytes] of messages.entries())
    writeFileSync(join(folder, 'Maildir/cur', `${1_700_000_000 + index}.M${index}P1.test:2,`), bytes)
  const settings = { base_dir: 'run', state_dir: 'state', log_path: 'log', mail_location: 'maildir:Maildir' }
  const paths = Object.entries(settings).map(
    ([name, value]) => `${name} = ${value.replace(/[^:]+$/, `${folder}/$&`)}\n`,
  )
  writeFileSync(join(folder, 'dovecot.conf'), `${paths.join('')}ssl = no\nfirst_valid_uid = 1\n`)
  execFileSync('chown', ['-R', 'mail:mail', join(folder, 'Maildir')])
}

async function talk(folder: string, lines: readonly string[]): Promise<string> {
  const [uid, gid] = ['-u', '-g'].map(word => Number(execFileSync('id', [word, 'mail'], { encoding: 'utf8' })))
  const child = spawn(program, ['-c', join(folder, 'dovecot.conf')], {
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
    env: { HOME: folder, USER: 'test' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise(settle => child.once('close', settle))
  child.stdin.end(['x SELECT INBOX', ...lines, 'x LOGOUT', ''].join('\r\n'), 'latin1')
  await ended
  return said
}

// What `posthouse dev` says at its start: ports, accounts, the CA to trust, and lines to paste.

import type { DevSend } from '#send/default-settings.ts'
import type { PreparedAccounts } from './dev-accounts.ts'
import { columns } from './table.ts'

export interface ShownListener {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly tls: string
}

export interface Welcome extends PreparedAccounts {
  /** How the program is called. */
  readonly program: string
  readonly version: string
  readonly data: string
  readonly dataIsKept: boolean
  readonly caPath: string | undefined
  readonly listeners: readonly ShownListener[]
  readonly outbound: DevSend
}

export function welcomeLines(welcome: Welcome): readonly string[] {
  const listeners = welcome.listeners.map(({ name, address, port, tls }) => [
    name,
    address,
    String(port),
    tls === 'implicit' ? 'from the start' : 'by STARTTLS',
  ])
  const accounts = welcome.accounts.map(({ address, password }) => [
    address,
    password?.reveal() ?? '(as it was set earlier)',
  ])
  return [
    `Posthouse ${welcome.version} in development mode. Ctrl-C stops it.`,
    '',
    ...columns([['LISTENER', 'ADDRESS', 'PORT', 'TLS'], ...listeners], [2]),
    '',
    ...columns([['ACCOUNT', 'PASSWORD'], ...accounts]),
    ...(welcome.moreAccounts ? [`and more: ${welcome.program} account list --data ${quoted(welcome.data)}`] : []),
    '',
    ...columns([
      ['Data folder', `${welcome.data} (${welcome.dataIsKept ? 'kept' : 'removed at the end'})`],
      ...(welcome.caPath === undefined ? [] : [['CA to trust', welcome.caPath]]),
      ['Other hosts', outboundInWords(welcome)],
    ]),
    '',
    ...tryLines(welcome),
    '',
  ]
}

/** As JSON: one object for each thing that the table shows. */
export function welcomeObjects(welcome: Welcome): readonly object[] {
  const { version, data, caPath } = welcome
  return [
    { kind: 'server', version, data, ca: caPath ?? null, outbound: welcome.outbound },
    ...welcome.listeners.map(({ name, address, port, tls }) => ({ kind: 'listener', name, address, port, tls })),
    ...welcome.accounts.map(one => ({
      kind: 'account',
      address: one.address,
      password: one.password?.reveal() ?? null,
    })),
    { kind: 'ready' },
  ]
}

function outboundInWords({ outbound, data, program }: Welcome): string {
  switch (outbound.kind) {
    case 'held':
      return `mail for them is held: ${program} queue list --data ${quoted(data)} (to let it out: --smarthost, --direct)`
    case 'smarthost':
      return `mail for them goes to ${outbound.host} port ${outbound.port}`
    case 'direct':
      return 'mail for them goes out to their mail servers'
  }
}

/** Lines for a shell, with the first account that has a password. */
function tryLines({ listeners, accounts, caPath, program }: Welcome): readonly string[] {
  const account = accounts.find(({ password }) => password !== undefined) ?? accounts[0]
  if (account === undefined) return [`Make an account: ${program} account add, with --data.`]
  const { address } = account
  const password = account.password?.reveal() ?? 'PASSWORD'
  const place = (name: string) => placeOf(listeners, name)
  const trust = caPath === undefined ? '' : `--cacert ${quoted(caPath)} `
  const user = `--user ${quoted(`${address}:${password}`)}`
  const login = `--auth-user ${quoted(address)} --auth-password ${quoted(password)}`
  return [
    'To try it: the first line sends a message, the next two fetch it.',
    '',
    'Send    ' +
      `swaks --server ${place('submission')} --tls --auth PLAIN ${login} --from ${quoted(address)} --to ${quoted(address)}`,
    `IMAP    curl ${trust}${user} 'imaps://${place('imaps')}/INBOX;MAILINDEX=1'`,
    `POP3    curl ${trust}${user} pop3s://${place('pop3s')}/1`,
    'Client  ' +
      `IMAP ${place('imaps')} and SMTP ${place('submissions')}, both with SSL/TLS and a normal password, user ${address}`,
  ]
}

function placeOf(listeners: readonly ShownListener[], name: string): string {
  const found = listeners.find(listener => listener.name === name)
  if (found === undefined) return `no ${name} listener`
  const { address } = found
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return `${host.includes(':') ? `[${host}]` : host}:${found.port}`
}

/** For a POSIX shell; left alone where it needs no quotes. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

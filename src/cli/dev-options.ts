// The options of `posthouse dev`, read and checked.

import { isIP } from 'node:net'
import { foldDomain } from '#accounts/names.ts'
import { Secret } from '#base/secret.ts'
import { standardListeners } from '#config/defaults.ts'
import type { DevSend } from '#send/default-settings.ts'
import type { Options } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { readHostAndPort } from './host-and-port.ts'

const smtpPort = 25

export interface DevAccount {
  readonly address: string
  readonly password: Secret
}

export interface DevChoices {
  readonly host: string
  readonly portOffset: number
  /** In lower case ASCII, each once; the first is the one for accounts that `dev` makes by itself. */
  readonly domains: readonly string[]
  readonly accounts: readonly DevAccount[]
  /** What becomes of mail to other hosts. */
  readonly outbound: DevSend
}

/** Throws CommandError. */
export function readDevOptions(options: Options): DevChoices {
  const host = options.text('host') ?? '127.0.0.1'
  if (isIP(host) === 0) throw wrong(`--host "${host}" is no IP address`)
  const portOffset = readOffset(options.text('port-offset') ?? '2000')
  const accounts = options.texts('account').map(readAccount)
  const named = options.texts('domain')
  const domains = [
    ...(named.length > 0 || accounts.length > 0 ? named : ['example.test']),
    ...accounts.map(({ address }) => address.slice(address.lastIndexOf('@') + 1)),
  ].map(readDomain)
  return { host, portOffset, domains: [...new Set(domains)], accounts, outbound: readOutbound(options) }
}

function readOutbound(options: Options): DevSend {
  const smarthost = options.text('smarthost')
  if (!options.flag('direct')) return smarthost === undefined ? { kind: 'held' } : readSmarthost(smarthost)
  if (smarthost === undefined) return { kind: 'direct' }
  throw wrong('--direct and --smarthost are both given')
}

function readSmarthost(text: string): DevSend {
  const place = readHostAndPort(text, smtpPort)
  if (place === undefined) throw wrong(`--smarthost "${text}" is no HOST:PORT, as in 127.0.0.1:1025`)
  return { kind: 'smarthost', ...place }
}

function readOffset(text: string): number {
  const highest = 65_535 - Math.max(...standardListeners.map(({ port }) => port))
  if (!/^\d{1,5}$/.test(text) || Number(text) > highest)
    throw wrong(`--port-offset "${text}" is no number from 0 to ${highest}`)
  return Number(text)
}

function readDomain(text: string): string {
  const domain = foldDomain(text)
  if (domain === undefined) throw wrong(`"${text}" is no domain name`)
  return domain
}

/** The password is what follows the first colon after the @, and may have both in it. */
function readAccount(text: string): DevAccount {
  const [, address, password] = /^([^@]+@[^:@]+):(.+)$/s.exec(text) ?? []
  if (address === undefined || password === undefined)
    throw wrong('--account wants NAME@DOMAIN:PASSWORD, as in alice@example.test:secret')
  return { address, password: new Secret(password) }
}

function wrong(message: string): CommandError {
  return new CommandError(exitCode.usage, message, 'posthouse dev --help')
}

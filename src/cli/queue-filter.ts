// The filter that all commands on the queue share: what is given must all fit.

import { parseDuration } from '#config/units.ts'
import type { QueueFilter } from '#control/queue-administration.ts'
import { parseAddress, printAddress } from '#mail/address.ts'
import { outcomeWords } from '#mail/outcome-words.ts'
import { moves } from '#queue/states.ts'
import type { Call, Option, Options } from './command.ts'
import { CommandError, exitCode } from './exit.ts'

const states = Object.keys(moves)
const classes = Object.keys(outcomeWords)

export const filterOptions: Readonly<Record<string, Option>> = {
  sender: { value: 'ADDRESS', help: 'sent from this address; "<>" for reports' },
  recipient: { value: 'ADDRESS', help: 'to this address' },
  domain: { value: 'DOMAIN', help: 'to addresses of this domain' },
  state: { value: 'STATE', help: states.join(', ') },
  hop: { value: 'HOP', help: 'that go there next, as queue stats shows it: direct:example.org, local' },
  account: { value: 'ADDRESS', help: 'sent by this account, whatever the address' },
  class: { value: 'CLASS', help: 'that were not delivered for this reason: network, mailbox-full, ...' },
  'older-than': { value: 'TIME', help: 'taken longer ago than this: "2 h", 3d' },
}

export function readFilter({ options }: Pick<Call, 'options'>): QueueFilter {
  return {
    ...texts(options),
    ...stateIn(options),
    ...classIn(options),
    ...ageIn(options),
  }
}

function texts(options: Options): QueueFilter {
  const given = ['sender', 'recipient', 'domain', 'hop', 'account'].map(name => [name, options.text(name)] as const)
  return Object.fromEntries(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, checked(name, value)]])),
  )
}

/** As the queue has it: domains in ASCII. What no message can have is a slip, and not a filter that fits none. */
function checked(name: string, value: string): string {
  if (name === 'sender' || name === 'recipient')
    return name === 'sender' && nobody.includes(value) ? '' : addressIn(name, value)
  if (name !== 'domain') return value
  const domain = parseAddress(`x@${value}`)?.domain
  if (domain !== undefined) return domain
  throw new CommandError(exitCode.badData, `--domain "${value}" is no domain name`, 'write it like example.org')
}

const nobody = ['<>', '']

function addressIn(name: string, value: string): string {
  const address = parseAddress(value)
  if (address !== undefined) return printAddress(address)
  throw new CommandError(exitCode.badData, `--${name} "${value}" is no mail address`, 'write it like bob@example.org')
}

function stateIn(options: Options): QueueFilter {
  const state = options.text('state')
  if (state === undefined) return {}
  if (states.includes(state)) return { state }
  throw new CommandError(exitCode.usage, `there is no state "${state}"`, `one of ${states.join(', ')}`)
}

function classIn(options: Options): QueueFilter {
  const name = options.text('class')
  if (name === undefined) return {}
  if (classes.includes(name)) return { class: name }
  throw new CommandError(exitCode.usage, `there is no class "${name}"`, `one of ${classes.join(', ')}`)
}

function ageIn(options: Options): QueueFilter {
  const text = options.text('older-than')
  if (text === undefined) return {}
  // A bare number would be milliseconds, which nobody means here.
  const olderThanMs = /[a-z]\s*$/i.test(text) ? parseDuration(text) : undefined
  if (olderThanMs !== undefined) return { olderThanMs }
  throw new CommandError(exitCode.usage, `--older-than "${text}" is no time`, 'write it like "30 min", "2 h", 3d')
}

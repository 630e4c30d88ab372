// posthouse probe mx

import type { MxHost, MxProbe, MxSource } from '#control/sending-administration.ts'
import { parseAddress } from '#mail/address.ts'
import { type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { counted, printOne, printSpan } from './print.ts'
import { refusedLines } from './print-outcome.ts'
import { printable } from './table.ts'

export const command: Command = {
  name: 'probe mx',
  summary: 'what would be done with mail to a domain, and why; nothing is sent',
  positionals: ['DOMAIN'],
  options: { sender: { value: 'ADDRESS', help: 'as though sent from there: rules of the configuration may go by it' } },
  details:
    'Its route, its mail hosts with their addresses, what TLS each has to show (DANE, MTA-STS, settings), and the pace.\nConnects to nobody but DNS and, for MTA-STS, the web: posthouse probe smtp HOST:PORT does. The exit code is 69 when\nnothing can be brought there now.',
  examples: [
    'posthouse probe mx example.org --data ./mail',
    'posthouse probe mx example.org --sender alice@example.com',
  ],
  async run(call) {
    const sender = call.options.text('sender')
    if (sender !== undefined && parseAddress(sender) === undefined)
      throw new CommandError(
        exitCode.badData,
        `--sender "${sender}" is no mail address`,
        'write it like alice@example.com',
      )
    const request = { domain: positional(call, 0), ...(sender === undefined ? {} : { sender }) }
    const probe = valueFrom(await administer(call, administration => administration.probeMx(request)))
    printOne(call, probe, linesOf(probe).map(printable))
    const [best] = probe.hosts
    if (probe.dnssec === 'not-believed') call.terminal.err(nextForDnssec)
    if (best !== undefined) call.terminal.err(`next: posthouse probe smtp ${best.name}:${best.port} connects to it`)
    return probe.no === null && best !== undefined ? exitCode.ok : exitCode.notRunning
  },
}

function linesOf(probe: MxProbe): readonly string[] {
  const { domain, heldFor, hop, no, notes } = probe
  return [
    heldFor === null ? `${domain}: goes by the route ${hop}` : `${domain}: held: ${heldFor}`,
    ...(heldFor === null || no !== null ? [] : ['  if it were released, it would go there:']),
    ...(probe.isSmarthost ? ['  the smarthost takes it, whatever the records of the domain say'] : []),
    ...(no === null ? [] : refusedLines(no)),
    ...probe.hosts.flatMap(host => hostLines(host, probe.isSmarthost)),
    ...notes.map(note => `  note: ${note}`),
    ...dnssecLines(probe),
    ...(probe.isSmarthost || no !== null ? [] : [mtaStsLine(probe)]),
    ...paceLines(probe),
  ]
}

function hostLines({ name, preference, port, addresses, tls, tlsWords, tlsa, notes }: MxHost, isSmarthost: boolean) {
  const rank = isSmarthost ? String(preference + 1) : `MX ${preference}`
  return [
    `  ${rank}  ${name} port ${port}: ${addresses.length === 0 ? 'no address' : addresses.join(', ')}`,
    `    ${tls === null ? `no connection now: ${tlsWords}` : tlsWords}`,
    ...tlsa.map(record => `    TLSA ${record}`),
    ...notes.map(note => `    note: ${note}`),
  ]
}

const nextForDnssec =
  'next: for DANE, run a resolver that validates on this machine (Unbound), or name one and set dns.trusted where the way to it is safe'

function dnssecLines({ dnssec }: MxProbe): readonly string[] {
  switch (dnssec) {
    case 'believed':
      return ['  DNSSEC: the resolver validates and is believed, DANE is looked at']
    case 'not-believed':
      return ['  DNSSEC: the resolver does not validate, or cannot be believed from here: DANE is not looked at']
    case 'unknown':
      return ['  DNSSEC: not known, the resolver gives no answer']
    default:
      return []
  }
}

function mtaStsLine({ mtaSts, hosts }: MxProbe): string {
  if (mtaSts !== null) return `  MTA-STS: ${mtaSts.join(', ')}`
  return hosts.some(({ tls }) => tls === 'dane')
    ? '  MTA-STS: not asked for, DANE goes before it'
    : '  MTA-STS: no policy'
}

function paceLines({ provider, mostAllowed, sources, schedule }: MxProbe): readonly string[] {
  if (mostAllowed === null) return []
  const { connections, messagesPerMinute, messagesPerConnection } = mostAllowed
  const each = messagesPerMinute === null ? '' : `, ${messagesPerMinute} messages a minute`
  const most = `up to ${counted(connections, 'connection')}${each}, ${messagesPerConnection} messages on each`
  return [
    `  pace: that of ${provider}, from one address ${most}`,
    ...sources.flatMap(sourceLines),
    ...(schedule === null
      ? []
      : [`  tries: after ${schedule.retryMs.map(printSpan).join(', ')}; ends after ${printSpan(schedule.giveUpMs)}`]),
  ]
}

function sourceLines({ source, helloName, pace, warmUp }: MxSource): readonly string[] {
  const from = `    from ${source === 'any' ? 'any address of this machine' : source}, as ${helloName}`
  if (pace === null) return [`${from}: nothing went there lately, it begins slowly`, ...warmUpLines(warmUp)]
  const { connections, active, messagesPerMinute } = pace
  const each = messagesPerMinute === null ? '' : `, ${Math.floor(messagesPerMinute)} messages a minute`
  return [`${from}: now ${active} of ${counted(connections, 'connection')} open${each}`, ...warmUpLines(warmUp)]
}

function warmUpLines(warmUp: MxSource['warmUp']): readonly string[] {
  if (warmUp === null) return []
  const { day, sentToday, mostToday } = warmUp
  return [`      warming up, day ${day}: ${sentToday} of ${mostToday ?? 'any number'} sent today`]
}

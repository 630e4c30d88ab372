// posthouse probe smtp

import type { SmtpProbe, SmtpProbeRequest } from '#control/sending-administration.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { readHostAndPort } from './host-and-port.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { refusedLines } from './print-outcome.ts'
import { tryLines } from './print-try.ts'
import { printable } from './table.ts'

const kinds = ['starttls', 'implicit', 'none']
const implicitPort = 465

export const command: Command = {
  name: 'probe smtp',
  summary: 'connect to a mail server as mail would, and show what it says; nothing is sent',
  positionals: ['HOST:PORT'],
  options: { tls: { value: 'WHEN', help: `${kinds.join(', ')} (starttls if it is offered; on 465 implicit)` } },
  details:
    'Each address of the host is tried, from this machine and with the name of this server. No certificate is demanded here:\nposthouse probe mx DOMAIN tells what is. Without PORT 25 is meant. The exit code is 69 when no address can be used.',
  examples: [
    'posthouse probe smtp mx.example.org:25 --data ./mail',
    'posthouse probe smtp 192.0.2.1:587 --json --data ./mail',
  ],
  async run(call) {
    const request = requestFrom(call)
    const probes = valueFrom(await administer(call, administration => administration.probeSmtp(request)))
    for (const [at, probe] of probes.entries()) printOne(call, probe, [...(at === 0 ? [] : ['']), ...linesOf(probe)])
    if (probes.some(({ isOpen }) => isOpen)) return exitCode.ok
    const next = nextAfter(request, probes)
    if (next !== undefined) call.terminal.err(`next: ${next}`)
    return exitCode.notRunning
  },
}

function requestFrom(call: Call): SmtpProbeRequest {
  const text = positional(call, 0)
  const place = readHostAndPort(text, 25)
  if (place === undefined)
    throw new CommandError(
      exitCode.usage,
      `"${text}" is no HOST:PORT`,
      'write it like mx.example.org:25, [2001:db8::1]:25',
    )
  const tls = call.options.text('tls') ?? (place.port === implicitPort ? 'implicit' : 'starttls')
  if (!kinds.includes(tls)) throw new CommandError(exitCode.usage, `--tls cannot be "${tls}"`, kinds.join(', '))
  return { ...place, tls }
}

/** The step after a look at a host that cannot be used; undefined: none is known. */
export function nextAfter(
  { port, tls }: SmtpProbeRequest,
  probes: readonly Pick<SmtpProbe, 'address' | 'try'>[],
): string | undefined {
  if (tls !== 'implicit' && probes.some(isSilent)) return 'if TLS has to be there from the start: --tls implicit'
  const isUnreached = probes.every(({ address, try: one }) => address !== '' && one.address === null)
  if (port === 25 && isUnreached)
    return 'try another host; if none can be reached on port 25, the network lets nothing out there: a smarthost (send.routes) is the way'
  return undefined
}

/** Connected, and not a word. */
function isSilent({ try: one }: Pick<SmtpProbe, 'try'>): boolean {
  return one.address !== null && !one.transcript.includes('<')
}

function linesOf({ address, isOpen, offers, tls, wrong, class: why, try: one }: SmtpProbe): readonly string[] {
  const name = address === '' ? one.host : address
  return [
    ...(address === '' ? [] : tryLines('connection', one)),
    printable(`${name}: ${isOpen ? 'it takes connections' : 'it cannot be used'}`),
    ...(offers === null ? [] : [printable(`  offers: ${offers.join(', ')}`), `  TLS: ${tls ?? 'none'}`]),
    ...(wrong === null ? [] : refusedLines({ class: why, status: null, reply: wrong })),
  ]
}

// A small internet of the test's own: machines on one wire (namespace-network.ts), each reached by the ports that the world knows, and a resolver
// that knows their names, both ways, and whatever else the zone says. Nobody outside is asked.

import { isIPv6 } from 'node:net'
import { pointerName } from '#io/reverse-name.ts'
import { type Host, Network } from './namespace-network.ts'
import { startResolver } from './signed-zone.ts'

/**
 * By IPv4 they have what is nobody's (RFC 5737). What is nobody's by IPv6 our server takes for addresses at home, so there they have what is of the
 * world and given to nobody yet.
 */
export const ipv4 = (last: number): string => `192.0.2.${last}`
export const ipv6 = (last: number): string => `3000::${last}`

export interface Machine {
  /** Addresses by the name that leads to them, and that they lead back to. */
  readonly names: Readonly<Record<string, readonly string[]>>
  /** Addresses without a name. */
  readonly nameless?: readonly string[]
}

export interface SmallInternet<Name extends string> extends AsyncDisposable {
  readonly hosts: Readonly<Record<Name, Host>>
  /** Of the resolver, on port 53. */
  readonly resolver: string
}

/** Machines by names of at most 15 characters. `records`: of the zone `test`, beside the addresses of the machines. */
export async function startInternet<Name extends string>(
  machines: Readonly<Record<Name, Machine>>,
  records: readonly string[],
): Promise<SmallInternet<Name>> {
  await using stack = new AsyncDisposableStack()
  const network = stack.use(await Network.make())
  const address = ipv4(53)
  const { under } = await network.host('resolver', [address])
  const hosts: Partial<Record<Name, Host>> = {}
  for (const [name, machine] of Object.entries(machines) as [Name, Machine][])
    hosts[name] = await network.host(name, addressesOf(machine))
  const named = (Object.values(machines) as Machine[]).flatMap(namesOf)
  const zones = [
    { name: 'test', records: [...named.map(forward), ...records] },
    { name: 'in-addr.arpa', records: named.filter(one => !isIPv6(one.address)).map(backward) },
    { name: 'ip6.arpa', records: named.filter(one => isIPv6(one.address)).map(backward) },
  ]
  const insecure = zones.map(zone => ({ ...zone, kind: 'insecure' }) as const)
  stack.use(await startResolver({ address, port: 53, under }, insecure))
  const owned = stack.move()
  return {
    hosts: hosts as Readonly<Record<Name, Host>>, // each has got one
    resolver: address,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

interface Named {
  readonly name: string
  readonly address: string
}

function addressesOf({ names, nameless = [] }: Machine): readonly string[] {
  return [...Object.values(names).flat(), ...nameless]
}

function namesOf({ names }: Machine): readonly Named[] {
  return Object.entries(names).flatMap(([name, addresses]) => addresses.map(address => ({ name, address })))
}

function forward({ name, address }: Named): string {
  return `${name}. ${isIPv6(address) ? 'AAAA' : 'A'} ${address}`
}

function backward({ name, address }: Named): string {
  return `${pointerName(address)}. PTR ${name}.`
}

// Hosts of a test's own on one Ethernet: each is a network namespace with addresses of its own, the wire between them a bridge in one more. Nothing
// of this machine's network changes, and none of them has a name: each lasts as long as the process that holds it, which ends with this one.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { type Finished, type ProgramOptions, run } from './program.ts'

/** What a host is asked for; any failure says that there can be no hosts here. */
const trial = `
ip link set dev lo up
ip link add name wire type bridge
ip link add name eth0 type veth peer name host
ip address add 3000::1/64 dev eth0 nodad
ip link set dev host master wire
`

/** Undefined: hosts can be made here. Else why not, for a test's `skip`. */
export function whyNoHosts(): string | undefined {
  const { status } = spawnSync('unshare', ['--net', 'sh', '-ec', trial])
  return status === 0 ? undefined : 'it needs root, network namespaces with IPv6, and iproute2'
}

export class Network implements AsyncDisposable {
  readonly #wire: Namespace
  readonly #owned: AsyncDisposableStack

  private constructor(wire: Namespace, owned: AsyncDisposableStack) {
    this.#wire = wire
    this.#owned = owned
  }

  static async make(): Promise<Network> {
    const owned = new AsyncDisposableStack()
    const wire = owned.use(await Namespace.hold())
    // ND is by multicast, and nobody here says who listens to what.
    await wire.ip('link add name wire type bridge mcast_snooping 0', 'link set dev wire up')
    return new Network(wire, owned)
  }

  /** One more. `name`: of its end of the wire, at most 15 characters; `addresses`: the first is where it sends from unless told otherwise. */
  async host(name: string, addresses: readonly string[]): Promise<Host> {
    const own = this.#owned.use(await Namespace.hold())
    const link = `link add name ${name} type veth peer name eth0 netns ${own.processId}`
    await this.#wire.ip(link, `link set dev ${name} master wire up`)
    await own.ip(
      'link set dev lo up',
      ...addresses.map(address => `address add ${address}${isIPv6(address) ? '/64 nodad' : '/24'} dev eth0`),
      'link set dev eth0 up',
    )
    return new Host({ name, wire: this.#wire, own })
  }

  /** Whatever runs on them has to have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync()
  }
}

interface HostParts {
  readonly name: string
  readonly wire: Namespace
  readonly own: Namespace
}

export class Host {
  /** Words before a program that is to run there. */
  readonly under: readonly string[]
  readonly #name: string
  readonly #wire: Namespace
  readonly #own: Namespace

  constructor({ name, wire, own }: HostParts) {
    this.under = own.under
    this.#name = name
    this.#wire = wire
    this.#own = own
  }

  /** Runs a program there to its end. */
  async run(program: string, words: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
    return await this.#own.run([program, ...words], options)
  }

  /** What `ip` is to do there, a line each. */
  async ip(...lines: readonly string[]): Promise<void> {
    await this.#own.ip(...lines)
  }

  /** `down`: whatever is sent to it or by it is lost, and nobody is told. */
  async link(state: 'up' | 'down'): Promise<void> {
    await this.#wire.ip(`link set dev ${this.#name} ${state}`)
  }

  /** Octets that the wire has brought to it. */
  async receivedBytes(): Promise<number> {
    const { stdout } = await this.#wire.run(['ip', '-json', '-statistics', 'link', 'show', 'dev', this.#name])
    const [link] = JSON.parse(stdout.toString())
    return link.stats64.tx.bytes
  }
}

/** So a program ends with this process, however that ends. */
const endingWithUs = ['setpriv', '--pdeathsig', 'KILL'] as const

/** Held by a process that does nothing else. */
class Namespace implements AsyncDisposable {
  readonly #holder: ChildProcess

  private constructor(holder: ChildProcess) {
    this.#holder = holder
  }

  static async hold(): Promise<Namespace> {
    const [program, ...words] = [...endingWithUs, 'unshare', '--net', 'sh', '-c', 'echo here; exec sleep infinity']
    const holder = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(holder, 'exit').then(() => Promise.reject(new Error('no network namespace')))
    await Promise.race([once(holder.stdout, 'data'), ended])
    ended.catch(() => {})
    return new Namespace(holder)
  }

  get processId(): number {
    return this.#holder.pid ?? 0
  }

  get under(): readonly string[] {
    return [...endingWithUs, 'nsenter', '--target', String(this.processId), '--net']
  }

  async run(words: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
    const [program = '', ...rest] = [...this.under, ...words]
    return await run(program, rest, options)
  }

  async ip(...lines: readonly string[]): Promise<void> {
    await this.run(['ip', '-batch', '-'], { input: lines.map(line => `${line}\n`).join('') })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return
    const ended = once(this.#holder, 'exit')
    this.#holder.kill('SIGKILL')
    await ended
  }
}

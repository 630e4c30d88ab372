// A mail server of Debian's as a peer: unpacked from its packages over a copy-on-write view of this machine, in namespaces of its own.
// It runs as root with its own users and its usual paths; nothing of the machine changes, and whatever it starts ends with it.

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { EventEmitter, on, once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { type Finished, type ProgramOptions, run } from './program.ts'

export interface MailSystemSetup {
  /** Debian's packages, which tools/interop.ts has fetched. */
  readonly packages: readonly string[]
  /** Users with a group of the same name that the machine may not have. */
  readonly users: readonly string[]
  /** By absolute path. */
  readonly files: Readonly<Record<string, string>>
  /** Folders of this machine that it sees, by their absolute path inside. */
  readonly folders?: Readonly<Record<string, string>>
  /** Shell commands; the last one stays in the foreground. */
  readonly start: string
  /** What it prints once it is up. */
  readonly ready: RegExp
}

/** Where tools/interop.ts puts the packages; git ignores it. */
export const packageFolder = join(import.meta.dirname, '../../.bench/peers')

/** They end with this process, however that ends. */
const endingWithUs = ['setpriv', '--pdeathsig', 'KILL'] as const
const inOwnSystem = ['unshare', '--mount', '--pid', '--fork', '--kill-child'] as const

/** Undefined: they can run here. Else why not, for a test's `skip`. */
export function whyNoMailSystem(): string | undefined {
  const [program, ...words] = [...endingWithUs, ...inOwnSystem]
  const { status } = spawnSync(program, [...words, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
  return status === 0 ? undefined : 'it needs root, and mount namespaces'
}

const script = `
mount -t tmpfs tmpfs "$0"
mkdir "$0/upper" "$0/work" "$0/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/root"
mount -t proc proc "$0/root/proc"
mount -t tmpfs tmpfs "$0/root/tmp"
chmod 1777 "$0/root/tmp"
mount -t tmpfs tmpfs "$0/root/run"
mount -t tmpfs tmpfs "$0/root/dev"
for name in null zero random urandom; do
  touch "$0/root/dev/$name"
  mount --bind "/dev/$name" "$0/root/dev/$name"
done
ln -s /proc/self/fd "$0/root/dev/fd"
for package; do dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$0/root"; done
eval "$FOLDERS"
exec chroot "$0/root" sh -ec "$STEPS"
`

export class MailSystem implements AsyncDisposable {
  readonly #folder: string
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #printed = new EventEmitter()
  readonly #log: string[] = []

  private constructor(setup: MailSystemSetup, under: readonly string[]) {
    this.#folder = mkdtempSync(join(tmpdir(), 'posthouse-peer-'))
    const shell = ['sh', '-ec', script, this.#folder, ...setup.packages.map(packageFile)]
    const [program, ...words] = [...endingWithUs, ...under, ...inOwnSystem, ...shell]
    this.#child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', FOLDERS: foldersOf(setup), STEPS: stepsOf(setup) },
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#log.push(chunk.toString())
        this.#printed.emit('more')
      })
    this.#child.once('close', () => this.#printed.emit('end'))
  }

  /** Settles when it is up. Rejects with what it printed when it ends before. `under`: words before its program, such as a host's. */
  static async start(setup: MailSystemSetup, under: readonly string[] = []): Promise<MailSystem> {
    const system = new MailSystem(setup, under)
    await system.logged(setup.ready)
    return system
  }

  /** What it printed so far. */
  log(): string {
    return this.#log.join('')
  }

  /** Settles once it has printed this. Rejects, with what it printed, when it ends before. */
  async logged(words: RegExp): Promise<void> {
    const more = on(this.#printed, 'more', { close: ['end'] })
    if (words.test(this.log())) return
    for await (const _ of more) if (words.test(this.log())) return
    throw new Error(`the peer ended and has not printed ${words}:\n${this.log()}`)
  }

  /** Runs one of its programs to its end. */
  async run(program: string, words: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
    const inside = ['--target', String(this.#insideId()), '--mount', '--pid', '--root', '--wd']
    return await run('nsenter', [...inside, program, ...words], options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'close')
      this.#child.kill('SIGKILL') // the namespaces end with it
      await ended
    }
    rmdirSync(this.#folder)
  }

  /** The first process of the namespaces. */
  #insideId(): number {
    const { pid = 0 } = this.#child
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
  }
}

function packageFile(name: string): string {
  const [file] = globSync(`${name}_*.deb`, { cwd: packageFolder })
  if (file === undefined) throw new Error(`no package ${name}: npm run interop fetches it`)
  return join(packageFolder, file)
}

function foldersOf({ folders = {} }: MailSystemSetup): string {
  const mounts = Object.entries(folders).map(
    ([inside, outside]) => `mkdir -p "$0/root${inside}"; mount --bind '${outside}' "$0/root${inside}"`,
  )
  return mounts.join('\n')
}

function stepsOf({ users, files, start }: MailSystemSetup): string {
  const steps = users.map((user, index) => {
    const id = 64_000 + index
    return [
      `grep -q '^${user}:' /etc/passwd || echo '${user}:x:${id}:${id}::/nonexistent:/usr/sbin/nologin' >> /etc/passwd`,
      `grep -q '^${user}:' /etc/group || echo '${user}:x:${id}:' >> /etc/group`,
    ].join('\n')
  })
  // No name is looked up outside.
  const own = { '/etc/resolv.conf': 'nameserver 127.0.0.1\n', '/etc/hosts': '127.0.0.1 localhost\n', ...files }
  for (const [path, text] of Object.entries(own)) {
    steps.push(
      `mkdir -p '${path.slice(0, path.lastIndexOf('/'))}'`,
      `cat > '${path}' <<'END OF FILE'\n${text}END OF FILE`,
    )
  }
  // The shell must stay: a server that changes its user would not end with us.
  return [...steps, start, 'exit 0'].join('\n')
}

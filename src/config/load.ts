// A configuration file, read and checked: TypeScript or JavaScript that exports it as default, JSON or YAML with the same keys.

import { readFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import type { SendSettings } from '#send/settings.ts'
import type { AuthConfig, Config, TlsConfig } from './config.ts'
import { ConfigError, type ConfigProblem, type KeyPath, printKey } from './config-error.ts'
import { importConfig } from './import-config.ts'
import { limits } from './limits.ts'
import { type FindLine, linesOfDocument, linesOfSource } from './source-lines.ts'

interface Given {
  readonly value: unknown
  readonly findLine: FindLine
}

/** `file` is how the operator named `path`, for messages. Throws ConfigError, whose message an operator can act on. */
export async function loadConfig(path: string, file = path): Promise<Config> {
  const given = await read(path, file)
  const { fileSchema } = await import('./schema.ts')
  const checked = fileSchema.safeParse(given.value)
  if (!checked.success) throw new ConfigError(problems(file, given, checked.error.issues))
  return withAbsolutePaths(checked.data, dirname(path))
}

async function read(path: string, file: string): Promise<Given> {
  const source = await readSource(path, file)
  const kind = extname(path)
  if (['.yaml', '.yml', '.json'].includes(kind)) return await readDocument(source, file)
  if (['.ts', '.mts', '.js', '.mjs'].includes(kind)) {
    return { value: await importConfig(path, file, source), findLine: linesOfSource(source) }
  }
  throw problem(file, `wanted a file that ends in .ts, .js, .json, .yaml or .yml, found "${kind}"`)
}

async function readSource(path: string, file: string): Promise<string> {
  const bytes = await readFile(path).catch(error => {
    if (error.code === 'ENOENT') throw problem(file, 'there is no such file')
    throw problem(file, `it cannot be read: ${error.message}`)
  })
  if (bytes.length > limits.fileBytes) throw problem(file, `wanted at most ${limits.fileBytes} bytes`)
  return bytes.toString('utf8')
}

/** JSON is YAML too, and its places are then known as well. */
async function readDocument(source: string, file: string): Promise<Given> {
  const { LineCounter, parseDocument } = await import('yaml')
  const counter = new LineCounter()
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const message = error.code === 'MULTIPLE_DOCS' ? 'wanted one document, found several' : error.message
    throw problem(file, message, counter.linePos(error.pos[0]).line)
  }
  if (extname(file) === '.json') mustBeJson(source, file)
  // maxAliasCount: a few lines of anchors could else stand for gigabytes.
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), findLine: linesOfDocument(document, counter) }
  } catch (error) {
    // An alias of nothing, or too many of them.
    if (error instanceof ReferenceError) throw problem(file, error.message)
    throw error
  }
}

/** YAML takes comments, trailing commas and names without quotes: what another program would not read is no JSON. */
function mustBeJson(source: string, file: string): void {
  try {
    JSON.parse(source)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const line = /\(line (\d+) column \d+\)/.exec(message)?.[1]
    throw problem(file, message, line === undefined ? undefined : Number(line))
  }
}

interface Issue {
  readonly code: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

function problems(file: string, { value, findLine }: Given, issues: readonly Issue[]): readonly ConfigProblem[] {
  const found = issues.map((issue): ConfigProblem => {
    const base: KeyPath = issue.path.map(part => (typeof part === 'number' ? part : String(part)))
    const path = issue.keys?.[0] === undefined ? base : [...base, issue.keys[0]]
    const stands = issue.keys === undefined ? `, found ${printFound(valueAt(value, path))}` : ''
    return { file, line: findLine(path), key: printKey(path), message: `${issue.message}${stands}` }
  })
  return found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, part)
  }
  return at
}

function printFound(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}

function problem(file: string, message: string, line?: number): ConfigError {
  return new ConfigError([{ file, line, key: '', message }])
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const listeners = config.listeners.map(one =>
    'path' in one.place ? { ...one, place: { ...one.place, path: resolve(folder, one.place.path) } } : one,
  )
  return {
    ...config,
    data: resolve(folder, config.data),
    listeners,
    send: sendWithAbsolutePaths(config.send, folder),
    auth: authWithAbsolutePaths(config.auth, folder),
    tls: tlsWithAbsolutePaths(config.tls, folder),
  }
}

function sendWithAbsolutePaths(send: SendSettings, folder: string): SendSettings {
  const routes = Object.entries(send.routes).map(([name, route]) => {
    if (route.kind !== 'smarthost' || route.credentials === undefined) return [name, route] as const
    const { user, passwordPath } = route.credentials
    return [name, { ...route, credentials: { user, passwordPath: resolve(folder, passwordPath) } }] as const
  })
  return { ...send, routes: Object.fromEntries(routes) }
}

function authWithAbsolutePaths({ oauth, clientCertificates, ...rest }: AuthConfig, folder: string): AuthConfig {
  const authorities = clientCertificates.authorities.map(path => resolve(folder, path))
  return {
    ...rest,
    oauth: oauth && { ...oauth, keysPath: resolve(folder, oauth.keysPath) },
    clientCertificates: { ...clientCertificates, authorities },
  }
}

function tlsWithAbsolutePaths(tls: TlsConfig, folder: string): TlsConfig {
  if (tls.kind !== 'files') return tls
  const certificates = tls.certificates.map(({ certPath, keyPath }) => ({
    certPath: resolve(folder, certPath),
    keyPath: resolve(folder, keyPath),
  }))
  return { kind: 'files', certificates }
}

// The certificates a server shows, by the name the client asks for. Mozilla's "intermediate" settings: TLS 1.2 and 1.3.

import { constants, createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ServerTls } from '#io/server-tls.ts'
import { limits } from './limits.ts'

export interface CertificateFiles {
  /** PEM: the server's certificate, then those that lead to its authority. */
  readonly certPath: string
  readonly keyPath: string
}

export interface LoadedCertificate {
  readonly certPath: string
  /** DNS names it holds, in lower case, maybe with `*.` before. */
  readonly names: readonly string[]
  /** Milliseconds since 1970. */
  readonly endsAt: number
}

export type Reload =
  | { readonly kind: 'reloaded'; readonly certificates: readonly LoadedCertificate[] }
  /** The certificates from before are still shown. */
  | { readonly kind: 'kept'; readonly reason: string }

export interface ServerTlsOptions {
  /** Whether sessions may be resumed. Off on port 25: Microsoft's senders stumble over resumption. */
  readonly tickets: boolean
  /** Whether a client is asked for a certificate, where there are authorities to vouch for it. Off on port 25: servers are no accounts. */
  readonly asksForCertificate?: boolean
}

/** A certificate or key that can't be used: the message names the file. */
export class CertificateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CertificateError'
  }
}

/**
 * Reads every certificate and key; rejects with CertificateError if one can't be used.
 * A client that asks for no name, or one that no certificate holds, is shown the first.
 * @param clientAuthorities PEM files of those who vouch for clients' certificates
 */
export async function loadContexts(
  files: readonly CertificateFiles[],
  clientAuthorities: readonly string[] = [],
): Promise<TlsContexts> {
  const sources = { files, clientAuthorities }
  return new TlsContexts(sources, await readAll(sources))
}

interface Sources {
  readonly files: readonly CertificateFiles[]
  /** PEM files of those who vouch for clients' certificates; none: no client is asked for one. */
  readonly clientAuthorities: readonly string[]
}

export class TlsContexts {
  readonly #sources: Sources
  #shown: Shown

  constructor(sources: Sources, shown: Shown) {
    this.#sources = sources
    this.#shown = shown
  }

  get certificates(): readonly LoadedCertificate[] {
    return this.#shown.all
  }

  /** What channels take; follows every reload. */
  serverTls(options: ServerTlsOptions): ServerTls {
    return {
      asksForCertificate: options.asksForCertificate === true && this.#sources.clientAuthorities.length > 0,
      context: servername => {
        const found = certificateFor(this.#shown, servername)
        return options.tickets ? found.context : found.contextWithoutTickets
      },
    }
  }

  /** Reads the files again; connections made from now on are shown what they hold. */
  async reload(): Promise<Reload> {
    try {
      this.#shown = await readAll(this.#sources)
      return { kind: 'reloaded', certificates: this.certificates }
    } catch (error) {
      return { kind: 'kept', reason: error instanceof Error ? error.message : String(error) }
    }
  }
}

interface Certificate extends LoadedCertificate {
  readonly context: SecureContext
  readonly contextWithoutTickets: SecureContext
}

interface Shown {
  readonly first: Certificate
  readonly all: readonly Certificate[]
  readonly byName: ReadonlyMap<string, Certificate>
}

async function readAll({ files, clientAuthorities }: Sources): Promise<Shown> {
  if (files.length > limits.certificates) throw new CertificateError(`more than ${limits.certificates} certificates`)
  const ca = await Promise.all(clientAuthorities.map(readAuthority))
  const all = await Promise.all(files.map(one => readOne(one, ca)))
  const [first] = all
  if (first === undefined) throw new CertificateError('no certificate is given')
  const byName = new Map<string, Certificate>()
  for (const certificate of all) {
    for (const name of certificate.names) if (!byName.has(name)) byName.set(name, certificate)
  }
  return { first, all, byName }
}

function certificateFor(shown: Shown, servername: string | undefined): Certificate {
  if (servername === undefined) return shown.first
  const name = servername.toLowerCase()
  const dot = name.indexOf('.')
  return shown.byName.get(name) ?? shown.byName.get(`*${name.slice(dot)}`) ?? shown.first
}

async function readAuthority(path: string): Promise<string> {
  const text = await textOf(path)
  usable(path, 'is no certificate', () => new X509Certificate(text))
  return text
}

async function readOne({ certPath, keyPath }: CertificateFiles, ca: readonly string[]): Promise<Certificate> {
  const [cert, key] = await Promise.all([textOf(certPath), textOf(keyPath)])
  const certificate = usable(certPath, 'is no certificate', () => new X509Certificate(cert))
  const privateKey = usable(keyPath, 'is no private key without a passphrase', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new CertificateError(`${keyPath} is not the key of ${certPath}`)
  // OpenSSL breaks off a resumed session that may have a client's certificate in it, if its context has no name.
  const clients = ca.length === 0 ? {} : { ca: [...ca], sessionIdContext: 'posthouse' }
  const contextWith = (ticketing: { secureOptions: number; sessionTimeout?: number }) =>
    usable(certPath, 'can not be used for TLS', () =>
      createSecureContext({ ...settings, ...clients, ...ticketing, cert, key }),
    )
  return {
    certPath,
    names: namesOf(certificate),
    endsAt: Date.parse(certificate.validTo),
    context: contextWith({ secureOptions: always }),
    // In TLS 1.3 OpenSSL sends tickets all the same, and Node can't keep it from that: with the shortest life none is left to be tried.
    contextWithoutTickets: contextWith({ secureOptions: always | constants.SSL_OP_NO_TICKET, sessionTimeout: 1 }),
  }
}

/** Our order of ciphers counts, but a client without AES in hardware, which puts ChaCha20 first, gets it. */
const always =
  constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_CIPHER_SERVER_PREFERENCE | constants.SSL_OP_PRIORITIZE_CHACHA

const settings = {
  minVersion: 'TLSv1.2',
  dhparam: 'auto',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'DHE-RSA-AES128-GCM-SHA256',
    'DHE-RSA-AES256-GCM-SHA384',
    'DHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
} as const

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new CertificateError(`${path} can not be read: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

function usable<T>(path: string, problem: string, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new CertificateError(`${path} ${problem}: ${detail}`, { cause })
  }
}

/** A name with a comma or a quote is written in quotes by Node, and is no host's. */
function namesOf(certificate: X509Certificate): readonly string[] {
  const entries = certificate.subjectAltName?.split(', ') ?? []
  return entries.filter(entry => entry.startsWith('DNS:')).map(entry => entry.slice(4).toLowerCase())
}

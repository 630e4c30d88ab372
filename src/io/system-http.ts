// The HTTPS door itself. Names go through our own DNS door, so that what it says of them is what the rest of the server hears.

import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { type Clock, systemClock } from './clock.ts'
import type { Dns } from './dns.ts'
import { type Http, type HttpAnswer, HttpError, type HttpRequest } from './http.ts'

export interface SystemHttpOptions {
  readonly dns: Dns
  readonly clock?: Clock
  /** PEM of further authorities to trust. */
  readonly authorities?: readonly string[] | undefined
}

export function systemHttp({ dns, clock = systemClock, authorities }: SystemHttpOptions): Http {
  return {
    async request(asked) {
      const url = URL.parse(asked.url)
      if (url?.protocol !== 'https:') throw new HttpError('address', 'only https: is asked')
      const literal = url.hostname.replace(/^\[|\]$/g, '')
      if (isIP(literal) && asked.allows?.(literal) === false) throw notAllowed(literal)
      const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
      const request = https.request(url, {
        method: asked.method,
        headers: { ...asked.headers, ...(asked.body && { 'content-length': asked.body.length }) },
        lookup: lookupBy(dns, asked.allows),
        // No connection is kept for another request: there is none.
        agent: false,
        ...(authorities && { ca: [...authorities] }),
      })
      using _limit = clock.after(asked.timeoutMs, () => request.destroy(new HttpError('timeout', 'no answer in time')))
      request.on('error', error => reject(asHttpError(error)))
      request.on('response', response => void readAnswer(response, asked).then(resolve, reject))
      request.end(asked.body)
      try {
        return await promise
      } finally {
        request.destroy()
      }
    },
  }
}

async function readAnswer(response: IncomingMessage, { mostBytes }: HttpRequest): Promise<HttpAnswer> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      sizeBytes += piece.length
      if (sizeBytes > mostBytes) throw new HttpError('too-large', `the answer is longer than ${mostBytes} octets`)
      pieces.push(piece)
    }
  } catch (error) {
    throw asHttpError(error)
  }
  const [contentType = ''] = (response.headers['content-type'] ?? '').split(';')
  return {
    status: response.statusCode ?? 0,
    contentType: contentType.trim().toLowerCase(),
    body: Buffer.concat(pieces),
  }
}

function lookupBy(dns: Dns, allows: HttpRequest['allows']): LookupFunction {
  return (name, options, done) => {
    const family = options.family === 4 || options.family === 6 ? options.family : undefined
    void dns.addresses(name, family).then(answer => {
      const found = answer.kind === 'found' ? answer.records : []
      const [address, ...others] = allows === undefined ? found : found.filter(allows)
      if (address === undefined) {
        const error = found[0] === undefined ? new HttpError('address', `no address of ${name}`) : notAllowed(found[0])
        done(error, '', 0)
      } else if (options.all)
        done(
          null,
          [address, ...others].map(one => ({ address: one, family: isIP(one) })),
        )
      else done(null, address, isIP(address))
    })
  }
}

function notAllowed(address: string): HttpError {
  return new HttpError('address', `${address} is no public address`)
}

/** OpenSSL's names for what is wrong with a certificate, and Node's for its names. */
const certificateCodes = /CERT|UNABLE_TO_|SELF_SIGNED|ALTNAME|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH/

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : String(error)
  // Several addresses, none of which could be reached.
  if (error instanceof AggregateError) return new HttpError('connect', 'connection refused')
  if (certificateCodes.test(code)) return new HttpError('certificate', message)
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/.test(code))
    return new HttpError('connect', message)
  return new HttpError('broken', message)
}

// An HTTPS that knows what it was told, for tests; what it does not know cannot be reached. It notes what was asked.

import { type Http, HttpError, type HttpRequest } from './http.ts'

export interface FixedAnswer {
  readonly status?: number
  readonly contentType?: string
  readonly body?: string
}

export interface FixedHttp extends Http {
  readonly asked: HttpRequest[]
  /** By `GET https://...`; each request looks here anew. */
  readonly answers: Map<string, FixedAnswer | HttpError>
}

export function fixedHttp(answers: Readonly<Record<string, FixedAnswer | HttpError>> = {}): FixedHttp {
  const known = new Map(Object.entries(answers))
  const asked: HttpRequest[] = []
  return {
    asked,
    answers: known,
    async request(request) {
      asked.push(request)
      const answer = known.get(`${request.method} ${request.url}`)
      if (answer === undefined) throw new HttpError('connect', 'connection refused')
      if (answer instanceof HttpError) throw answer
      const { status = 200, contentType = 'text/plain', body = '' } = answer
      if (Buffer.byteLength(body) > request.mostBytes) throw new HttpError('too-large', 'the answer is too long')
      return { status, contentType, body: Buffer.from(body) }
    },
  }
}

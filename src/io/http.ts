// The HTTPS door: one request, one answer, nothing kept and nothing followed (RFC 8461 3.3 forbids both). The certificate is always checked.
// The real one is system-http.ts; fixed-http.ts is the one for tests.

export interface Http {
  /** Rejects with HttpError alone. */
  request(asked: HttpRequest): Promise<HttpAnswer>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** `https:` alone. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** For all of it, names and handshake included. */
  readonly timeoutMs: number
  /** Octets of the answer's body; a longer one is an error. */
  readonly mostBytes: number
  /** Where others say whom to ask: which IP addresses may be dialled for them; all unless told. */
  readonly allows?: (address: string) => boolean
}

export interface HttpAnswer {
  readonly status: number
  /** `text/plain`, in lower case and without parameters; '' without one. */
  readonly contentType: string
  readonly body: Uint8Array
}

export class HttpError extends Error {
  /** `certificate`: it is not trusted, or for another name. `address`: DNS has none, or none that is allowed. */
  readonly reason: 'address' | 'connect' | 'certificate' | 'timeout' | 'too-large' | 'broken'

  constructor(reason: HttpError['reason'], message: string) {
    super(message)
    this.name = 'HttpError'
    this.reason = reason
  }
}

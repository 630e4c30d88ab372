// The DNS door: what the server asks of the world's names. No record and no answer are two things: the first is a fact, the second passes.
// The real one is system-dns.ts; fixed-dns.ts is the one for tests.

export type Answer<R> = Found<R> | NotFound | Unknown

export interface Found<R> {
  readonly kind: 'found'
  readonly records: readonly R[]
  /** DNSSEC vouches for it, aliases on the way included, and we have reason to trust who says so (RFC 4035 4.9.3). */
  readonly isAuthentic: boolean
  /** Whose records they are, in lower case and without a final dot: the name that was asked for, or what its aliases lead to. */
  readonly name: string
}

/** The name does not exist, or has no record of this type. */
export interface NotFound {
  readonly kind: 'none'
  readonly nameExists: boolean
  readonly isAuthentic: boolean
}

/** Nobody answered in time, or the answer was a failure, as it is where DNSSEC finds a forgery: it may be otherwise in a minute. */
export interface Unknown {
  readonly kind: 'unknown'
}

export interface MailExchanger {
  /** Without a final dot; '' for the null MX (RFC 7505). */
  readonly host: string
  readonly preference: number
}

/** RFC 6698 2.1. */
export interface TlsaRecord {
  readonly usage: number
  readonly selector: number
  readonly matching: number
  readonly data: Uint8Array
}

export interface Dns {
  /** The names that an address's PTR records give, without a final dot. */
  pointers(address: string): Promise<Answer<string>>
  /** IPv4 and IPv6 addresses of a name, or those of one family. */
  addresses(name: string, family?: 4 | 6): Promise<Answer<string>>
  exchangers(domain: string): Promise<Answer<MailExchanger>>
  /** Each record's strings joined to one (RFC 7208 3.3). */
  texts(name: string): Promise<Answer<string>>
  /** What a name's own CNAME record leads to, whether or not that exists. The other questions follow it. */
  aliases(name: string): Promise<Answer<string>>
  /** `_25._tcp.mx.example.org`. */
  tlsa(name: string): Promise<Answer<TlsaRecord>>
  /** What is remembered of the name, and of the mail hosts that it names, is asked for anew next time. Undefined: nothing is remembered. */
  forget?(name: string): void
}

// The server's part of a SASL exchange (RFC 4422), pure: responses in, challenges or credentials out. SMTP, IMAP and POP3 share it.

export type SaslStep =
  /** Send this (the protocol encodes it in base64) and give the answer to `respond`. */
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'credentials'; readonly authorizationId: string; readonly user: string; readonly password: string }
  /** The client broke the mechanism's syntax: 501, BAD. */
  | { readonly kind: 'malformed'; readonly reason: string }

export interface SaslExchange {
  /** `initial` is the decoded initial response; undefined when there was none. Called once, first. */
  start(initial: Uint8Array | undefined): SaslStep
  respond(response: Uint8Array): SaslStep
}

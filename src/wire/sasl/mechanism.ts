// The SASL mechanisms (RFC 4422) that we know, and which of them are offered on a connection: SMTP, IMAP and POP3 ask the same function.

/** In the order in which they are advertised: the best first, for clients that take the first they know. */
export const mechanismNames = [
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-1',
  'EXTERNAL',
  'OAUTHBEARER',
  'XOAUTH2',
  'PLAIN',
  'LOGIN',
] as const

export type MechanismName = (typeof mechanismNames)[number]

export const channelBindingTypes = ['tls-exporter', 'tls-server-end-point'] as const

/** RFC 9266, RFC 5929 4. */
export type ChannelBindingType = (typeof channelBindingTypes)[number]

/** What the installation allows. */
export interface MechanismSettings {
  /** For clients too old for SHA-256. */
  readonly scramSha1: boolean
  /** There is an authority whose tokens are believed. */
  readonly oauth: boolean
}

/** What of a connection decides. */
export interface ChannelState {
  readonly tls: object | undefined
  /** Shown and vouched for. */
  readonly peerCertificate: object | undefined
  channelBinding(type: ChannelBindingType): Uint8Array | undefined
}

/** None in the clear: a password would be shown, a token stolen, a proof tried against a dictionary. */
export function mechanismsOffered(settings: MechanismSettings, channel: ChannelState): readonly MechanismName[] {
  if (channel.tls === undefined) return []
  // Under TLS 1.2 too the libraries of clients (gsasl's) bind by the exporter, of which RFC 9266 4 has none there: offered PLUS, they could not log in.
  const canBind = channel.channelBinding('tls-exporter') !== undefined
  return mechanismNames.filter(name => {
    switch (name) {
      case 'SCRAM-SHA-256-PLUS':
        return canBind
      case 'SCRAM-SHA-1-PLUS':
        return settings.scramSha1 && canBind
      case 'SCRAM-SHA-1':
        return settings.scramSha1
      case 'EXTERNAL':
        return channel.peerCertificate !== undefined
      case 'OAUTHBEARER':
      case 'XOAUTH2':
        return settings.oauth
      default:
        return true
    }
  })
}

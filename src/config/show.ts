// The effective configuration, every default filled in, as a file that could be loaded again. It holds no secrets: keys are named by their files.

import type { AuthConfig, Config, ImapConfig, ListenerConfig, TlsConfig } from './config.ts'
import { sendAsFile } from './send-as-file.ts'

/** The keys and values of the file, in plain data. */
export function asFile(config: Config): unknown {
  const { data, hostname, dns, tls, listeners, receive, send, auth, imap, limits, ...rest } = config
  return {
    data,
    hostname,
    listeners: listeners.map(listenerAsFile),
    ...(dns === undefined ? {} : { dns }),
    limits,
    receive: { ...receive, blocklists: receive.blocklists.map(withoutUndefined) },
    send: sendAsFile(send),
    auth: authAsFile(auth),
    imap: imapAsFile(imap),
    tls: tlsAsFile(tls),
    ...rest,
  }
}

export async function printConfig(config: Config): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(asFile(config))
}

function tlsAsFile(tls: TlsConfig): unknown {
  if (tls.kind === 'own-authority') return { ownAuthority: tls.names }
  return { certificates: tls.certificates.map(({ certPath, keyPath }) => ({ certificate: certPath, key: keyPath })) }
}

function listenerAsFile({ place, ...rest }: ListenerConfig): unknown {
  const { name, protocol, ...more } = rest
  const where = 'path' in place ? { path: place.path, mode: place.mode.toString(8).padStart(4, '0') } : place
  return { name, protocol, ...where, ...more }
}

function authAsFile({ oauth, ...rest }: AuthConfig): unknown {
  if (oauth === undefined) return rest
  const { keysPath, ...more } = oauth
  return { ...rest, oauth: { ...more, keys: keysPath } }
}

function imapAsFile({ hide, ...rest }: ImapConfig): unknown {
  return withoutUndefined({ hide: hide.map(withoutUndefined), ...rest })
}

function withoutUndefined(given: object): unknown {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

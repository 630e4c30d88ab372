// The effective configuration, every default filled in, as a file that could be loaded again. It holds no secrets: keys are named by their files.

import type { Config, TlsConfig } from './config.ts'

/** The keys and values of the file, in plain data. */
export function asFile(config: Config): unknown {
  const { dns, tls, ...rest } = config
  return {
    ...rest,
    ...(dns === undefined ? {} : { dns }),
    tls: tlsAsFile(tls),
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

// The certificates to show: the configuration's files, or those of the installation's own authority.

import type { Config } from '#config/config.ts'
import { tlsFolder } from '#config/paths.ts'
import { ownCertificate } from '#tls/authority.ts'
import type { CertificateFiles } from '#tls/contexts.ts'
import type { Outside } from './outside.ts'

export interface Certificates {
  readonly files: readonly CertificateFiles[]
  /** The authority that clients are to trust, when it is the installation's own. */
  readonly caPath: string | undefined
  readonly renew?: () => Promise<unknown>
}

export async function certificates(
  { data, hostname, tls }: Pick<Config, 'data' | 'hostname' | 'tls'>,
  { clock, random }: Outside,
): Promise<Certificates> {
  if (tls.kind === 'files') return { files: tls.certificates, caPath: undefined }
  const renew = () => ownCertificate({ folder: tlsFolder(data), hostname, names: tls.names, clock, random })
  const own = await renew()
  return { files: [own], caPath: own.caPath, renew }
}

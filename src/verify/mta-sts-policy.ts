// What a domain says of its mail hosts' TLS by MTA-STS (RFC 8461 3.1, 3.2): the record and the policy, read; pure.

import { toAsciiDomain } from '#text/idna.ts'
import { fitsName } from './certificate-names.ts'
import { limits } from './limits.ts'

export interface StsPolicy {
  /** Of the record with which it was fetched. */
  readonly id: string
  readonly mode: 'enforce' | 'testing' | 'none'
  /** Host names, or `*.` before one label less; in A-labels and lower case. */
  readonly patterns: readonly string[]
  readonly maxAgeSeconds: number
}

/** The id; undefined where the domain has no such policy: no record, several, or none that can be read. */
export function readStsRecord(texts: readonly string[]): string | undefined {
  const records = texts.filter(text => /^v=STSv1[\t ]*(?:;|$)/.test(text))
  const [record] = records
  if (record === undefined || records.length > 1) return undefined
  for (const field of record.split(';').slice(1)) {
    const [, name, value = ''] = /^[\t ]*([A-Za-z0-9][\w.-]{0,31})=([!-:<-~]*)[\t ]*$/.exec(field) ?? []
    if (name === 'id') return /^[A-Za-z0-9]{1,32}$/.test(value) ? value : undefined
  }
  return undefined
}

/** Or what is wrong with it, in words. */
export function readStsPolicy(text: string, id: string): StsPolicy | string {
  const fields = new Map<string, string>()
  const patterns: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^([A-Za-z0-9][\w.-]{0,31})[\t ]*:[\t ]*(.*?)[\t ]*$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    if (name === 'mx') patterns.push(value)
    // RFC 8461 3.2: of those that come twice the first counts.
    else if (!fields.has(name)) fields.set(name, value)
  }
  if (fields.get('version') !== 'STSv1') return 'it is of no version that is known'
  const mode = fields.get('mode')
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return 'it has no mode that is known'
  const maxAge = fields.get('max_age')
  if (maxAge === undefined || !/^\d{1,10}$/.test(maxAge)) return 'it has no max_age'
  const maxAgeSeconds = Math.min(Number(maxAge), limits.stsLifeSeconds)
  const named = patterns.map(readPattern)
  if (named.length > limits.stsPatterns || named.includes(undefined)) return 'it has mx lines that cannot be read'
  if (named.length === 0 && mode !== 'none') return 'it names no mail host'
  return { id, mode, patterns: named.filter(one => one !== undefined), maxAgeSeconds }
}

/** Whether the policy has this mail host (RFC 8461 4.1). `host` in A-labels. */
export function hasHost(policy: StsPolicy, host: string): boolean {
  return policy.patterns.some(pattern => fitsName(pattern, host))
}

/** As a policy's lines, for reports (RFC 8460 4.4). */
export function policyLines({ mode, patterns, maxAgeSeconds }: StsPolicy): readonly string[] {
  return ['version: STSv1', `mode: ${mode}`, ...patterns.map(one => `mx: ${one}`), `max_age: ${maxAgeSeconds}`]
}

function readPattern(written: string): string | undefined {
  const wild = written.startsWith('*.')
  const domain = toAsciiDomain((wild ? written.slice(2) : written).replace(/\.$/, ''))
  return domain === undefined ? undefined : `${wild ? '*.' : ''}${domain}`
}

// What aliases and forwards may lead to, as an operator gives it: addresses of any server, each once; of our own domains only those that exist.

import type { Tx } from '#io/sql/database.ts'
import { exists } from './domain-verbs.ts'
import { lookUp } from './look-up.ts'
import { type FoldedAddress, readAddress } from './names.ts'
import { done, type Outcome } from './refusal.ts'

export interface TargetRules {
  /** Whose targets they are, folded: it may not be among them. */
  readonly of: { readonly local: string; readonly domain: string } | undefined
  readonly most: number
  /** What a refusal names when there are too many. */
  readonly subject: string
}

export async function readTargets(
  tx: Tx,
  given: readonly string[],
  { of, most, subject }: TargetRules,
): Promise<Outcome<readonly FoldedAddress[]>> {
  const targets = new Map<string, FoldedAddress>()
  for (const text of given) {
    const target = readAddress(text)
    if (target === undefined) return { kind: 'bad-address', subject: text }
    const { local, domain } = target
    if (local === of?.local && domain === of.domain) return { kind: 'bad-target', subject: text }
    const isLost = (await exists(tx, domain)) && (await lookUp(tx, local, domain)) === undefined
    if (isLost) return { kind: 'no-such-account', subject: text }
    targets.set(`${local}@${domain}`, target)
    if (targets.size > most) return { kind: 'too-many-targets', subject }
  }
  return done([...targets.values()])
}

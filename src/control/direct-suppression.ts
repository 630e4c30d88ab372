// The list of recipients that nothing is sent to, for an operator: with addresses in the place of account numbers.

import type { AccountNames, Resolver } from '#accounts/account.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import { type NewSuppression, type Reason, reasons, type Scope, type Suppression } from '#suppression/suppression.ts'
import type { Suppressions } from '#suppression/suppressions.ts'
import type { Page } from './page.ts'
import type {
  SendingAdministration,
  SuppressionImportInfo,
  SuppressionInfo,
  SuppressionScope,
} from './sending-administration.ts'
import type { SuppressionEntry } from './suppression-entry.ts'

export interface SuppressionNeeds {
  readonly directory: AccountNames & Pick<Resolver, 'resolve'>
  readonly suppressions: Pick<Suppressions, 'list' | 'import' | 'remove'>
}

type Request<Verb extends keyof SendingAdministration> = Parameters<SendingAdministration[Verb]>[0]

export async function listSuppressed(
  needs: SuppressionNeeds,
  { after, ...asked }: Request<'listSuppressed'>,
): Promise<Outcome<Page<SuppressionInfo>>> {
  const scope = await scopeOf(needs, asked)
  if (scope.kind !== 'done') return scope
  const found = await needs.suppressions.list({
    ...(scope.value === undefined ? {} : { scope: scope.value }),
    ...(after === undefined ? {} : { after }),
  })
  const items = await asData(needs, found.items)
  return done(found.next === undefined ? { items } : { items, next: found.next })
}

export async function removeSuppressed(
  needs: SuppressionNeeds,
  { recipient, ...asked }: Request<'removeSuppressed'>,
): Promise<Outcome<SuppressionInfo | null>> {
  const scope = await scopeOf(needs, asked)
  if (scope.kind !== 'done') return scope
  if (scope.value === undefined) return { kind: 'bad-setting', subject: recipient }
  const removed = await needs.suppressions.remove(scope.value, recipient)
  if (removed === undefined) return done(null)
  const [shown = null] = await asData(needs, [removed])
  return done(shown)
}

export async function importSuppressed(
  needs: SuppressionNeeds,
  { byHand, entries }: Request<'importSuppressed'>,
): Promise<Outcome<SuppressionImportInfo>> {
  const refused: { at: number; why: string }[] = []
  const wanted: { at: number; entry: NewSuppression }[] = []
  const scopes = new Map<string, Outcome<Scope | undefined>>()
  for (const [at, entry] of entries.entries()) {
    const name = entry.account ?? `@${entry.domain}`
    const scope = scopes.get(name) ?? (await scopeOf(needs, scopeIn(entry)))
    scopes.set(name, scope)
    const reason = reasons.find(one => one === entry.reason)
    if (scope.kind !== 'done') refused.push({ at, why: scope.kind })
    else if (scope.value === undefined || reason === undefined) refused.push({ at, why: 'bad-setting' })
    else wanted.push({ at, entry: asNew(entry, { scope: scope.value, reason, byHand }) })
  }
  const { added, replaced, refused: more } = await needs.suppressions.import(wanted.map(({ entry }) => entry))
  const all = [...refused, ...more.map(({ at, kind }) => ({ at: wanted[at]?.at ?? at, why: kind }))]
  return done({ added, replaced, refused: all.toSorted((a, b) => a.at - b.at) })
}

function asNew(
  { recipient, detail, expiresAt }: SuppressionEntry,
  { scope, reason, byHand }: { readonly scope: Scope; readonly reason: Reason; readonly byHand: boolean },
): NewSuppression {
  const source = byHand ? 'operator' : 'import'
  return { scope, recipient, reason, source, detail, expiresAt: expiresAt ?? undefined }
}

function scopeIn({ account, domain }: SuppressionEntry): SuppressionScope {
  return { ...(account === null ? {} : { account }), ...(domain === null ? {} : { domain }) }
}

/** Undefined: none was named. */
async function scopeOf(
  { directory }: SuppressionNeeds,
  { account, domain }: SuppressionScope,
): Promise<Outcome<Scope | undefined>> {
  if (account !== undefined) {
    const found = await directory.named(account)
    return found === undefined
      ? { kind: 'no-such-account', subject: account }
      : done({ kind: 'account', accountId: found.accountId })
  }
  if (domain === undefined) return done(undefined)
  const isOurs = (await directory.resolve('postmaster', domain)).kind !== 'not-local'
  return isOurs ? done({ kind: 'domain', senderDomain: domain }) : { kind: 'no-such-domain', subject: domain }
}

async function asData(
  { directory }: SuppressionNeeds,
  items: readonly Suppression[],
): Promise<readonly SuppressionInfo[]> {
  const ids = items.flatMap(({ scope }) => (scope.kind === 'account' ? [scope.accountId] : []))
  const accounts = await directory.byId([...new Set(ids)])
  return items.map(({ scope, recipient, reason, source, detail, addedAt, expiresAt }) => ({
    account: scope.kind === 'account' ? (accounts.get(scope.accountId)?.address ?? `#${scope.accountId}`) : null,
    domain: scope.kind === 'domain' ? scope.senderDomain : null,
    recipient,
    reason,
    source,
    detail,
    addedAt,
    expiresAt: expiresAt ?? null,
  }))
}

// The administration carried out here, over the directory and the store: in the server for its socket, and in the command line when no server runs.

import type { Account } from '#accounts/account.ts'
import type { Directory } from '#accounts/directory.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import type { Imports } from '#import/imports.ts'
import type { Queue } from '#queue/queue.ts'
import { heldForDisabled, holdDisabled, isHeldByGuard, letGo } from '#receive/account-hold.ts'
import type { RetrievalDesk } from '#retrieval/desk.ts'
import type { Store } from '#store/store.ts'
import type { Suppressions } from '#suppression/suppressions.ts'
import type { Greylist } from '#throttle/greylist.ts'
import type { Senders } from '#throttle/senders.ts'
import { canBeHidden } from '#wire/imap/hideable.ts'
import type {
  AccountInfo,
  Administration,
  CheckReport,
  Finding,
  IndexInfo,
  QuotaInfo,
  Status,
} from './administration.ts'
import { listAcl, listGiven, removeAcl, setAcl } from './direct-acl.ts'
import { listDeleted, restoreDeleted } from './direct-deleted.ts'
import { importMessages, importOctets, listImported } from './direct-import.ts'
import { actOnQueue, listQueue, queueStats, showQueued } from './direct-queue.ts'
import { endHiding, listDevices, readingOf, setReading, showReading } from './direct-reading.ts'
import { senderVerbs } from './direct-senders.ts'
import { importSuppressed, listSuppressed, removeSuppressed } from './direct-suppression.ts'
import { limits } from './limits.ts'
import type { ProbeVerbs } from './probe-verbs.ts'
import type { TestVerbs } from './send-test.ts'

export type StoreFinding = Omit<Finding, 'accountId'> & { readonly accountId: number | undefined }

export interface DirectNeeds {
  readonly directory: Directory
  readonly store: Store
  readonly retrieval: Pick<RetrievalDesk, 'state' | 'set' | 'forget'>
  readonly greylist: Pick<Greylist, 'waiting' | 'letIn' | 'forget'>
  readonly queue: Pick<Queue, 'list' | 'show' | 'act' | 'stats'>
  readonly tests: TestVerbs
  readonly probes: ProbeVerbs
  readonly suppressions: Pick<Suppressions, 'list' | 'import' | 'remove' | 'forget'>
  readonly senders: Pick<Senders, 'show' | 'setGuard' | 'setLimits' | 'forget'>
  readonly imports: Imports
  /** Looks through the store: store/check.ts. */
  readonly check: () => AsyncIterable<StoreFinding>
  readonly status: () => Status
}

export function directAdministration(needs: DirectNeeds): Administration {
  const { directory, greylist } = needs
  return {
    addDomain: async ({ domain }) => await directory.addDomain(domain),
    listDomains: async ({ after }) => done(page(await directory.listDomains(after))),
    removeDomain: async request => await removeDomain(needs, request),
    addAccount: async request => await addAccount(needs, request),
    listAccounts: async range => done(page(await directory.listAccounts(range))),
    showAccount: async ({ address }) => await showAccount(needs, address),
    setPassword: async ({ address, password }) => await directory.setPassword(address, password.reveal()),
    setDisabled: async request => await setDisabled(needs, request),
    removeAccount: async ({ address }) => await removeAccount(needs, address),
    addAlias: async ({ alias, targets }) => await directory.addAlias(alias, ...targets),
    listAliases: async range => done(page(await directory.listAliases(range))),
    removeAlias: async ({ alias }) => await directory.removeAlias(alias),
    setForward: async ({ address, ...forward }) => await directory.setForward(address, forward),
    showForward: async ({ address }) => await directory.forwardOf(address),
    ...senderVerbs(needs),
    setHidden: async ({ address, capabilities }) =>
      await directory.setHidden(address, capabilities.split(' ').filter(canBeHidden)),
    grantSendAs: async ({ account, address }) => await directory.grantSendAs(account, address),
    revokeSendAs: async ({ account, address }) => await directory.revokeSendAs(account, address),
    listAcl: async request => await listAcl(needs, request),
    listGiven: async ({ address }) => await listGiven(needs, address),
    setAcl: async request => await setAcl(needs, request),
    removeAcl: async request => await removeAcl(needs, request),
    showReading: async ({ address }) => await showReading(needs, address),
    setReading: async request => await setReading(needs, request),
    listDevices: async ({ address }) => await listDevices(needs, address),
    endHiding: async request => await endHiding(needs, request),
    listDeleted: async request => await listDeleted(needs, request),
    restoreDeleted: async request => await restoreDeleted(needs, request),
    listImported: async request => await listImported(needs, request),
    importOctets: async request => await importOctets(needs, request),
    importMessages: async request => await importMessages(needs, request),
    listWaiting: async ({ after }) => done(page(await greylist.waiting(after))),
    letIn: async which => done({ count: await greylist.letIn(which) }),
    listQueue: async request => await listQueue(needs, request),
    showQueued: async ({ messageId }) => done(await showQueued(needs, messageId)),
    actOnQueue: async request => await actOnQueue(needs, request),
    queueStats: async () => done(await queueStats(needs)),
    probeMx: async request => await needs.probes.mx(request),
    probeSmtp: async request => await needs.probes.smtp(request),
    sendTest: async request => await needs.tests.send(request),
    followTest: async ({ messageId, seen }) => done((await needs.tests.follow(messageId, seen)) ?? null),
    listSuppressed: async request => await listSuppressed(needs, request),
    importSuppressed: async request => await importSuppressed(needs, request),
    removeSuppressed: async request => await removeSuppressed(needs, request),
    showQuota: async ({ address }) => await showQuota(needs, address),
    setQuota: async request => await setQuota(needs, request),
    finishRestore: async () => done({ mailboxes: await needs.store.raiseUidValidity() }),
    advanceIndex: async request => await advanceIndex(needs, request),
    showIndex: async ({ address }) => await showIndex(needs, address),
    check: async () => done(await checked(needs)),
    status: async () => done(needs.status()),
  }
}

type Request<Verb extends keyof Administration> = Parameters<Administration[Verb]>[0]

/** The mailboxes are made before the account, under an id of their own: a crash between the two leaves nothing that anybody can reach. */
async function addAccount(needs: DirectNeeds, request: Request<'addAccount'>): Promise<Outcome<AccountInfo>> {
  const { directory, store } = needs
  const password = request.password.reveal()
  const allowed = await directory.canAddAccount(request.address, password)
  if (allowed.kind !== 'done') return allowed
  const accountId = await directory.reserveAccountId()
  await store.createAccount(accountId)
  if (request.limitBytes !== undefined) await store.setQuota(accountId, request.limitBytes)
  const added = await directory.addAccount({ accountId, address: request.address, password })
  if (added.kind !== 'done') await store.removeAccount(accountId)
  return added
}

async function showAccount(needs: DirectNeeds, address: string) {
  const found = await needs.directory.account(address)
  if (found.kind !== 'done') return found
  const aliases = await needs.directory.aliasesOf(found.value.accountId)
  const forward = await needs.directory.forwardOf(address)
  if (forward.kind !== 'done') return forward
  const { targets, keepsCopy } = forward.value
  return done({
    ...found.value,
    ...(await quotaOf(needs, found.value)),
    aliases: aliases.slice(0, limits.shownAliases),
    forward: { targets, keepsCopy },
    sendAs: await needs.directory.sendAsOf(found.value.accountId),
    hidden: await needs.directory.hiddenOf(found.value.accountId),
    indexed: (await needs.store.search.state(found.value.accountId)).indexed,
    ...(await readingOf(needs, found.value)),
  })
}

/** What it has in the queue waits, and goes on when it may be used again, unless the guard or an operator holds it as well. */
async function setDisabled(
  { directory, queue, senders }: DirectNeeds,
  { address, disabled }: Request<'setDisabled'>,
): Promise<Outcome<AccountInfo>> {
  const outcome = await directory.setDisabled(address, disabled)
  if (outcome.kind !== 'done') return outcome
  const { accountId } = outcome.value
  if (disabled) await holdDisabled(queue, accountId)
  else {
    const isGuarded = (await senders.show(accountId)).guard === 'held'
    await letGo(queue, accountId, reason => reason === heldForDisabled || (!isGuarded && isHeldByGuard(reason)))
  }
  return outcome
}

/** Disabled first, then emptied, then gone: after a crash the same command, given again, ends the work. */
async function removeAccount(
  { directory, store, retrieval, greylist, senders, suppressions, imports }: DirectNeeds,
  address: string,
): Promise<Outcome<AccountInfo>> {
  const disabled = await directory.setDisabled(address, true)
  if (disabled.kind !== 'done') return disabled
  await store.removeAccount(disabled.value.accountId)
  await greylist.forget(disabled.value.accountId)
  await senders.forget(disabled.value.accountId)
  await suppressions.forget(disabled.value.accountId)
  await imports.forget(disabled.value.accountId)
  await retrieval.forget(disabled.value.accountId)
  return await directory.removeAccount(address)
}

async function removeDomain(
  needs: DirectNeeds,
  { domain, withAccounts }: Request<'removeDomain'>,
): Promise<Outcome<{ readonly accounts: number }>> {
  let accounts = 0
  while (withAccounts) {
    const { items } = await needs.directory.listAccounts({ domain })
    if (items.length === 0) break
    for (const account of items) await removeAccount(needs, account.address)
    accounts += items.length
  }
  const removed = await needs.directory.removeDomain(domain)
  return removed.kind === 'done' ? done({ accounts }) : removed
}

async function showQuota(needs: DirectNeeds, address: string): Promise<Outcome<QuotaInfo>> {
  const found = await needs.directory.account(address)
  return found.kind === 'done' ? done(await quotaOf(needs, found.value)) : found
}

async function setQuota(needs: DirectNeeds, request: Request<'setQuota'>): Promise<Outcome<QuotaInfo>> {
  const found = await needs.directory.account(request.address)
  if (found.kind !== 'done') return found
  const { accountId } = found.value
  const { limitBytes, limitMessages } = request
  if (limitBytes !== undefined) await needs.store.setQuota(accountId, limitBytes ?? undefined)
  if (limitMessages !== undefined) await needs.store.setMessageQuota(accountId, limitMessages ?? undefined)
  return done(await quotaOf(needs, found.value))
}

async function advanceIndex(needs: DirectNeeds, request: Request<'advanceIndex'>): Promise<Outcome<IndexInfo>> {
  const { address, afresh } = request
  const found = await needs.directory.account(address)
  if (found.kind !== 'done') return found
  const options = { afresh, forMs: limits.indexTurnMs }
  return done({ address: found.value.address, ...(await needs.store.search.advance(found.value.accountId, options)) })
}

async function showIndex({ directory, store }: DirectNeeds, address: string): Promise<Outcome<IndexInfo>> {
  const found = await directory.account(address)
  if (found.kind !== 'done') return found
  return done({ address: found.value.address, ...(await store.search.state(found.value.accountId)) })
}

async function quotaOf({ store }: DirectNeeds, { accountId, address }: Account): Promise<QuotaInfo> {
  const { usedBytes, limitBytes, messages, limitMessages } = await store.quota(accountId)
  return { address, usedBytes, limitBytes: limitBytes ?? null, messages, limitMessages: limitMessages ?? null }
}

async function checked({ check, directory }: DirectNeeds): Promise<CheckReport> {
  const findings: Finding[] = (await directory.check()).map(asData)
  for await (const finding of check()) {
    if (findings.length >= limits.findings) return { findings: findings.slice(0, limits.findings), more: true }
    findings.push(asData(finding))
  }
  return { findings, more: false }
}

function asData({ severity, what, accountId, detail }: StoreFinding): Finding {
  return { severity, what, accountId: accountId ?? null, detail }
}

/** JSON knows no undefined: the last page has no `next`. */
function page<T>({ items, next }: { readonly items: readonly T[]; readonly next: string | undefined }) {
  return next === undefined ? { items } : { items, next }
}

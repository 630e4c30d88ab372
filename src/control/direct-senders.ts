// What an account may send, looked at and set here.

import type { Account } from '#accounts/account.ts'
import type { Directory } from '#accounts/directory.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import { type HoldsQueue, isHeldByGuard, letGo } from '#receive/account-hold.ts'
import type { Senders } from '#throttle/senders.ts'
import type { SenderAdministration, SenderInfo } from './sender-administration.ts'

export interface SenderVerbsNeeds {
  readonly directory: Pick<Directory, 'account'>
  readonly senders: Pick<Senders, 'show' | 'setGuard' | 'setLimits'>
  readonly queue: HoldsQueue
}

const limitNames = ['messagesPerHour', 'messagesPerDay', 'recipientsPerHour', 'recipientsPerDay'] as const

export function senderVerbs({ directory, senders, queue }: SenderVerbsNeeds): SenderAdministration {
  const of = async (
    address: string,
    work: (account: Account) => Promise<Outcome<unknown>>,
  ): Promise<Outcome<SenderInfo>> => {
    const found = await directory.account(address)
    if (found.kind !== 'done') return found
    const worked = await work(found.value)
    return worked.kind === 'done' ? done(await infoOf(senders, found.value)) : worked
  }
  return {
    showSender: ({ address }) => of(address, async () => done(undefined)),
    setGuard: ({ address, guard }) =>
      of(address, async ({ accountId, disabled }) => {
        if (guard !== 'on' && guard !== 'off') return { kind: 'bad-setting', subject: guard }
        const wasHeld = (await senders.show(accountId)).guard === 'held'
        await senders.setGuard(accountId, guard)
        // Of an account that is disabled it waits until it is enabled.
        if (wasHeld && !disabled) await letGo(queue, accountId, isHeldByGuard)
        return done(undefined)
      }),
    setSenderLimits: ({ address, ...change }) =>
      of(address, async ({ accountId }) => {
        const { own } = await senders.show(accountId)
        const given = limitNames.filter(name => change[name] !== undefined)
        const changed = Object.fromEntries(given.map(name => [name, change[name] ?? undefined]))
        await senders.setLimits(accountId, { ...own, ...changed })
        return done(undefined)
      }),
  }
}

async function infoOf(senders: SenderVerbsNeeds['senders'], { accountId, address }: Account): Promise<SenderInfo> {
  const { guard, reason, changedAt, limits, own, hour, day } = await senders.show(accountId)
  return {
    address,
    guard,
    reason,
    changedAt: changedAt === 0 ? null : changedAt,
    messagesPerHour: limits?.messagesPerHour ?? own.messagesPerHour ?? null,
    messagesPerDay: limits?.messagesPerDay ?? own.messagesPerDay ?? null,
    recipientsPerHour: limits?.recipientsPerHour ?? own.recipientsPerHour ?? null,
    recipientsPerDay: limits?.recipientsPerDay ?? own.recipientsPerDay ?? null,
    own: limitNames.filter(name => own[name] !== undefined),
    hour: { messages: hour.messages, recipients: hour.recipients },
    day: { messages: day.messages, recipients: day.recipients },
  }
}

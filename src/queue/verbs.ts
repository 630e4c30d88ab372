// What an operator does to the queue: one statement for each row that fits, which looks at the row's state again, so that nothing is done to what has
// gone on meanwhile. A slice of rows is one transaction.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { returnedByOperator } from '#mail/outcome-words.ts'
import type { Lines } from './lines.ts'
import { type Match, matches, matchesByKey } from './matches.ts'
import type { Acted, Action, Filter } from './queue.ts'
import { endIfDone } from './rows.ts'
import { owe } from './settle.ts'
import { wantsReport } from './verdict.ts'

export interface VerbNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly hostname: string
  /** Undefined: no queue is at work on these rows. */
  readonly running?: { readonly lines: Lines; owed(at: number): void } | undefined
}

interface Verb {
  readonly needs: VerbNeeds
  readonly action: Action
  readonly reason: string | undefined
  readonly now: number
}

export async function act(needs: VerbNeeds, action: Action, filter: Filter, reason?: string): Promise<Acted> {
  const verb: Verb = { needs, action, reason, now: needs.clock.now() }
  const messages = new Set<string>()
  let recipients = 0
  const { database } = needs
  const { now } = verb
  const byKey = matchesByKey(database, filter, { now, isDue: action === 'retry' })
  for await (const slice of byKey ?? matches(database, filter, { now, after: undefined })) {
    const done = slice.length === 0 ? [] : await actOn(verb, slice)
    recipients += done.length
    for (const { message } of done) messages.add(message.messageId)
  }
  if (recipients > 0)
    needs.log.info('queue.acted', {
      action,
      messages: messages.size,
      recipients,
      ...namesOf(filter),
      ...(reason && { reason }),
    })
  return { messages: messages.size, recipients }
}

function namesOf({ messageId, accountId }: Filter) {
  return {
    ...(messageId === undefined ? {} : { message: messageId }),
    ...(accountId === undefined ? {} : { accountId }),
  }
}

/** Settles with those to which it was done. */
async function actOn(verb: Verb, slice: readonly Match[]): Promise<readonly Match[]> {
  const { needs, action, now } = verb
  const { done, reportAt } = await needs.database.write(async tx => {
    const done: Match[] = []
    for (const match of slice) if (await rowVerbs[action](tx, match, verb)) done.push(match)
    return { done, reportAt: await afterwards(tx, verb, done) }
  })
  const { running } = needs
  if (running === undefined) return done
  if (action === 'retry' || action === 'release')
    for (const hop of new Set(done.map(({ recipient }) => recipient.hop))) running.lines.tryAgain(hop)
  else {
    const keys = new Set(done.map(({ message, recipient }) => `${message.messageId} ${recipient.number}`))
    const isMeant = (load: { readonly message: { readonly messageId: string } }, number: number) =>
      keys.has(`${load.message.messageId} ${number}`)
    running.lines.takeOut(isMeant, { back: action === 'hold' })
  }
  for (const match of action === 'release' ? done : [])
    if (match.message.releaseAt > now && match.recipient.state === 'held')
      running.lines.due(
        { hop: match.recipient.hop, rank: 0, accountId: match.message.accountId },
        match.message.releaseAt,
      )
  if (reportAt !== undefined) running.owed(reportAt)
  return done
}

/** What follows for the messages. Settles with when a report is due. */
async function afterwards(tx: Tx, { action, now }: Verb, done: readonly Match[]): Promise<number | undefined> {
  const messages = new Map(done.map(({ message }) => [message.messageId, message]))
  let reportAt: number | undefined
  for (const message of messages.values()) {
    const { accountId, messageId } = message
    // The time for its tries, and for telling of a delay, begins anew.
    if (action === 'release')
      await tx.run(sql`
        UPDATE queue_message SET release_at = ${now}
        WHERE account_id = ${accountId} AND message_id = ${messageId} AND (release_at < ${now} OR EXISTS (
          SELECT 1 FROM queue_recipient r WHERE r.account_id = queue_message.account_id
            AND r.message_id = queue_message.message_id AND r.state = 'ready'))`)
    if (action !== 'drop' && action !== 'bounce') continue
    const isGone = (await endIfDone(tx, accountId, [messageId])).length > 0
    if (isGone || action === 'drop') continue
    reportAt = Math.min(reportAt ?? Number.POSITIVE_INFINITY, await owe(tx, message, now))
  }
  return reportAt
}

/** Each settles with whether it was done. */
const rowVerbs: Readonly<Record<Action, (tx: Tx, match: Match, verb: Verb) => Promise<boolean>>> = {
  retry: async (tx, { message: { accountId, messageId }, recipient: { number } }, { now }) =>
    (await tx.run(sql`
      UPDATE queue_recipient SET state = 'ready', next_at = ${now}
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number} AND state = 'deferred'`)) >
    0,

  // What is under way stays so: it comes back, and is held then.
  hold: async (tx, { message: { accountId, messageId }, recipient: { number } }, { reason }) =>
    (await tx.run(sql`
      UPDATE queue_recipient SET state = CASE WHEN state = 'active' THEN 'active' ELSE 'held' END, next_at = NULL,
        held_for = ${reason ?? 'an operator holds it'}
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number}
        AND (state = 'scheduled' OR state = 'ready' OR state = 'deferred' OR (state = 'active' AND held_for IS NULL))`)) >
    0,

  release: async (tx, { message, recipient: { number, state } }, { now }) => {
    const { accountId, messageId, releaseAt } = message
    const isEarly = state === 'held' && releaseAt > now
    const nextAt = isEarly ? releaseAt : now
    const changed = await tx.run(sql`
      UPDATE queue_recipient SET state = CASE WHEN state = 'active' THEN 'active' ELSE ${isEarly ? 'scheduled' : 'ready'} END,
        next_at = CASE WHEN state = 'active' THEN NULL ELSE CAST(${nextAt} AS BIGINT) END, held_for = NULL
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number}
        AND (state = 'held' OR state = 'scheduled' OR state = 'deferred' OR (state = 'active' AND held_for IS NOT NULL))`)
    return changed > 0
  },

  drop: async (tx, { message: { accountId, messageId }, recipient: { number } }) =>
    (await tx.run(sql`
      DELETE FROM queue_recipient
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number}`)) > 0,

  bounce: async (tx, match, verb) => {
    const { message, recipient } = match
    const { accountId, messageId } = message
    const said = `${returnedByOperator}${verb.needs.hostname}${verb.reason === undefined ? '' : `: ${verb.reason}`}`
    const changed = await tx.run(sql`
      UPDATE queue_recipient SET state = 'failed', next_at = NULL, status = '5.7.1', reply = ${said}, class = 'policy',
        said_by = NULL, held_for = NULL, lease = NULL, leased_until = NULL
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${recipient.number}
        AND state <> 'delivered' AND state <> 'failed' AND state <> 'expired'`)
    if (changed > 0 && !wants(match)) await rowVerbs.drop(tx, match, verb)
    return changed > 0
  },
}

/** What can't be read is returned to nobody. */
function wants({ message, recipient }: Match): boolean {
  try {
    return wantsReport(message, recipient, 'FAILURE')
  } catch {
    return false
  }
}

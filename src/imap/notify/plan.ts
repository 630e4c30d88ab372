// What a client has asked NOTIFY for (RFC 5465 3.1, 6), in a form that answers quickly which events of which mailbox it wants.

import { parentsOf } from '#store/names.ts'
import type { FetchItem, NotifyGroup } from '#wire/imap/command.ts'

/** Events that can be told, as RFC 5465 spells them. AnnotationChange is not among them: there are no annotations of messages. */
export const eventNames = [
  'MessageNew',
  'MessageExpunge',
  'FlagChange',
  'MailboxName',
  'SubscriptionChange',
  'MailboxMetadataChange',
  'ServerMetadataChange',
] as const

export type EventName = (typeof eventNames)[number]

/** Of the selected mailbox: new messages and expunges, and more if asked for. */
export interface SelectedPlan {
  /** Expunges wait for a command that allows them. */
  readonly delayed: boolean
  readonly flags: boolean
  /** What is fetched of each new message. */
  readonly items: readonly FetchItem[] | undefined
}

/** A mailbox, or a name without one, as the filters see it. */
export interface Named {
  readonly name: string
  /** Not in another user's namespace. */
  readonly isOwn: boolean
  readonly isSubscribed: boolean
}

interface Rule {
  readonly events: ReadonlySet<EventName>
  /** It can cover no mailbox of another. */
  readonly ofOwn: boolean
  covers(named: Named): boolean
}

export class NotifyPlan {
  /** Undefined: nothing of it is told. */
  readonly selected: SelectedPlan | undefined
  readonly #rules: readonly Rule[]

  /** `groups` with known events alone; none for NOTIFY NONE. */
  constructor(groups: readonly NotifyGroup[]) {
    this.selected = groups.map(selectedPlan).find(plan => plan !== undefined)
    this.#rules = groups.map(rule).filter(({ events }) => events.size > 0)
  }

  /** Whether anything but the selected mailbox is watched. */
  get watchesOthers(): boolean {
    return this.#rules.length > 0
  }

  /** Whether any mailbox of another may be. */
  get watchesElsewhere(): boolean {
    return this.#rules.some(({ ofOwn }) => !ofOwn)
  }

  /** Whether any event of this mailbox is wanted; what the server has annotations of is none. */
  watches(named: Named): boolean {
    return this.#rules.some(({ events, covers }) => covers(named) && [...events].some(isOfMailbox))
  }

  wants(event: EventName, named: Named): boolean {
    return this.#rules.some(({ events, covers }) => events.has(event) && covers(named))
  }

  /** ServerMetadataChange belongs to no mailbox: any group may ask for it. */
  get wantsServerMetadata(): boolean {
    return this.#rules.some(({ events }) => events.has('ServerMetadataChange'))
  }
}

function isOfMailbox(event: EventName): boolean {
  return event !== 'ServerMetadataChange'
}

/** Names of `groups` that no event has. */
export function unknownEvents(groups: readonly NotifyGroup[]): readonly string[] {
  return groups.flatMap(({ events }) => events.map(({ name }) => name).filter(name => !knownEvents.has(name)))
}

const knownEvents: ReadonlyMap<string, EventName> = new Map(eventNames.map(name => [name.toLowerCase(), name]))

function selectedPlan({ mailboxes, events }: NotifyGroup): SelectedPlan | undefined {
  if (mailboxes.kind !== 'selected' && mailboxes.kind !== 'selected-delayed') return undefined
  const fresh = events.find(({ name }) => name === 'messagenew')
  if (fresh === undefined) return undefined
  return {
    delayed: mailboxes.kind === 'selected-delayed',
    flags: events.some(({ name }) => name === 'flagchange'),
    items: fresh.items,
  }
}

function rule({ mailboxes, events }: NotifyGroup): Rule {
  const known = events.flatMap(({ name }) => knownEvents.get(name) ?? [])
  switch (mailboxes.kind) {
    case 'selected':
    case 'selected-delayed':
      return { events: new Set(), ofOwn: true, covers: () => false }
    // RFC 5465 6.3: where filters may deliver to any mailbox, these are the same.
    case 'inboxes':
    case 'personal':
      return { events: new Set(known), ofOwn: true, covers: ({ isOwn }) => isOwn }
    case 'subscribed':
      return { events: new Set(known), ofOwn: false, covers: ({ isSubscribed }) => isSubscribed }
    case 'mailboxes':
      return { events: new Set(known), ofOwn: false, covers: nameIn(mailboxes.names) }
    case 'subtree':
    case 'subtree-one':
      return { events: new Set(known), ofOwn: false, covers: belowOneOf(mailboxes.names) }
  }
}

function nameIn(names: readonly string[]): Rule['covers'] {
  const wanted = new Set(names)
  return ({ name }) => wanted.has(name)
}

function belowOneOf(names: readonly string[]): Rule['covers'] {
  const tops = new Set(names)
  return ({ name }) => tops.has(name) || parentsOf(name).some(parent => tops.has(parent))
}

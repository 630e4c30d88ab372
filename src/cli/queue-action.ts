// What the commands share that do something to messages of the queue: one message by its ID, all that fit a filter, or all there are.

import type { Administration } from '#control/administration.ts'
import type { ActionInfo, ActionRequest, QueueAction } from '#control/queue-administration.ts'
import { unroutedHop } from '#queue/unrouted.ts'
import { type Call, type Command, type Option, positional } from './command.ts'
import { confirm, yesOption } from './confirm.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { counted, printOne } from './print.ts'
import { filterOptions, readFilter } from './queue-filter.ts'
import { noSuchMessage } from './queued-message.ts'

export interface Acting {
  readonly action: QueueAction
  readonly summary: string
  readonly details: string
  readonly examples: readonly string[]
  /** What was done to them, as in `2 messages (5 recipients): released`. */
  readonly done: string
  /** Before it is done, somebody at the terminal is asked. */
  readonly asks?: string
  /** `--reason TEXT`. */
  readonly reason?: Option
}

export function queueAction(acting: Acting): Command {
  const { action, summary, details, examples, reason } = acting
  return {
    name: `queue ${action}`,
    summary,
    positionals: ['[ID]'],
    options: {
      ...filterOptions,
      ...(reason === undefined ? {} : { reason }),
      all: { help: 'every message there is; needs --yes' },
      yes: yesOption,
    },
    details: `${details}\nID is one message; the filters are for each recipient, and all that are given must fit.\nposthouse queue list with the same filters shows which they are.`,
    examples,
    async run(call) {
      const request = requestFrom(call, acting)
      if (acting.asks !== undefined) await confirm(call, `${whichOf(request)}: ${acting.asks}`)
      const found = await administer(call, async administration => {
        const hasUnrouted = action === 'release' && (await isUnrouted(administration, request))
        const acted = valueFrom(await administration.actOnQueue(request))
        if (acted.recipients === 0 && request.messageId !== undefined) await complain(administration, request.messageId)
        return { ...acted, hasUnrouted }
      })
      const { hasUnrouted, ...acted } = found
      printOne(call, { action, ...acted }, [said(acting, request, acted)])
      if (hasUnrouted) call.terminal.err(heldAgain)
      if (found.recipients === 0) call.terminal.err('none fits, or it is so already')
      return exitCode.ok
    },
  }
}

function requestFrom(call: Call, { action, reason }: Acting): ActionRequest {
  const { options } = call
  const messageId = positional(call, 0)
  const given = options.text('reason')
  const filter = { ...(messageId === '' ? {} : { messageId }), ...readFilter(call) }
  const isNarrow = Object.keys(filter).length > 0
  const all = options.flag('all')
  if (all && isNarrow) throw new CommandError(exitCode.usage, '--all goes with nothing else', 'leave it out')
  if (!all && !isNarrow)
    throw new CommandError(exitCode.usage, 'which messages?', 'name an ID, filters such as --domain, or --all --yes')
  if (all && !options.flag('yes'))
    throw new CommandError(
      exitCode.usage,
      '--all is every message of the queue, and needs --yes',
      'posthouse queue stats shows how many these are; then the same again with --yes',
    )
  return { action, all, ...filter, ...(reason === undefined || given === undefined ? {} : { reason: given }) }
}

const heldAgain =
  'note: the configuration held some of it, and holds it again unless it lets it go by now (send.routes; posthouse dev: --smarthost, --direct)'

/** Whether some of what is meant is held because no route leads anywhere. */
async function isUnrouted(administration: Administration, request: ActionRequest): Promise<boolean> {
  const { action: _action, all: _all, reason: _reason, ...filter } = request
  if (filter.hop !== undefined && filter.hop !== unroutedHop) return false
  const { items } = valueFrom(await administration.listQueue({ ...filter, state: 'held', hop: unroutedHop }))
  return items.length > 0 && (filter.state === undefined || filter.state === 'held')
}

/** Why nothing was done to this one. */
async function complain(administration: Administration, messageId: string): Promise<never> {
  const found = valueFrom(await administration.showQueued({ messageId }))
  if (found === null) throw noSuchMessage(messageId)
  const states = [...new Set(found.recipients.map(({ state }) => state))].join(', ')
  const message = `nothing was changed: the recipients of ${messageId} that are meant are ${states}`
  throw new CommandError(exitCode.badData, message, `posthouse queue show ${messageId}`)
}

/** In words, for the question. */
function whichOf({ action: _action, all, reason: _reason, messageId, ...filter }: ActionRequest): string {
  if (all) return 'all messages of the queue'
  const parts = Object.entries(filter).map(([name, value]) => `${name} ${value === '' ? '<>' : value}`)
  return [...(messageId === undefined ? ['messages'] : [`message ${messageId}`]), ...parts].join(', ')
}

/** One message is meant, and nothing narrower. */
function isOne({ action: _action, all: _all, reason: _reason, messageId, ...filter }: ActionRequest): boolean {
  return messageId !== undefined && Object.keys(filter).length === 0
}

function said({ done }: Acting, request: ActionRequest, { messages, recipients }: ActionInfo): string {
  const who = isOne(request) ? request.messageId : counted(messages, 'message')
  return `${who} (${counted(recipients, 'recipient')}): ${done}`
}

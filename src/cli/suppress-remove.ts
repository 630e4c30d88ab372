// posthouse suppress remove

import type { Administration } from '#control/administration.ts'
import type { SuppressionInfo, SuppressionScope } from '#control/sending-administration.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { fitting } from './suppress-list.ts'
import { hasScope, printScope, readScope, scopeOptions } from './suppression-scope.ts'

export const command: Command = {
  name: 'suppress remove',
  summary: 'a recipient is sent mail again',
  positionals: ['RECIPIENT'],
  options: scopeOptions,
  details: 'It comes off the list of that account or domain; with neither, off all lists.',
  examples: [
    'posthouse suppress remove bob@example.org --data ./mail',
    'posthouse suppress remove bob@example.org --account alice@example.com --data ./mail',
  ],
  async run(call) {
    const scope = readScope(call)
    const recipient = positional(call, 0)
    const removed = await administer(call, administration => remove(administration, { recipient, ...scope }))
    if (removed.length === 0) {
      const whose = hasScope(scope) ? 'on that list' : 'on no list'
      const message = hasScope(scope) ? `${recipient} is not ${whose}` : `${recipient} is ${whose}`
      throw new CommandError(exitCode.badData, message, `posthouse suppress list ${recipient} shows where it is`)
    }
    for (const entry of removed) report(call, entry)
    return exitCode.ok
  },
}

async function remove(
  administration: Administration,
  request: SuppressionScope & { readonly recipient: string },
): Promise<readonly SuppressionInfo[]> {
  const { recipient } = request
  const fits = fitting(recipient)
  const removed: SuppressionInfo[] = []
  for (const scope of hasScope(request) ? [request] : await scopesOf(administration, fits)) {
    const entry = valueFrom(await administration.removeSuppressed({ ...scope, recipient }))
    if (entry !== null) removed.push(entry)
  }
  return removed
}

/** Those on whose lists it is. */
async function scopesOf(
  administration: Administration,
  fits: (entry: SuppressionInfo) => boolean,
): Promise<readonly SuppressionScope[]> {
  const scopes: SuppressionScope[] = []
  let after: string | undefined
  do {
    const page = valueFrom(await administration.listSuppressed(after === undefined ? {} : { after }))
    for (const { account, domain } of page.items.filter(fits))
      scopes.push({ ...(account === null ? {} : { account }), ...(domain === null ? {} : { domain }) })
    after = page.next
  } while (after !== undefined)
  return scopes
}

function report(call: Call, entry: SuppressionInfo): void {
  printOne(call, entry, [
    `${entry.recipient}: off the list of ${printScope(entry)} (it was there for: ${reasonOf(entry)})`,
  ])
}

function reasonOf({ reason, detail }: SuppressionInfo): string {
  return detail === '' ? reason : `${reason}, ${detail}`
}

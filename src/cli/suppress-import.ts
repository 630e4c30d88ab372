// posthouse suppress import

import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Administration } from '#control/administration.ts'
import { limits as controlLimits } from '#control/limits.ts'
import type { SuppressionScope } from '#control/sending-administration.ts'
import type { SuppressionEntry } from '#control/suppression-entry.ts'
import { ListReader } from '#suppression/list-text.ts'
import { oneLine } from '#suppression/one-line.ts'
import { recipientKey } from '#suppression/recipient-key.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { limits } from './limits.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { suppressionRefused } from './suppression-refused.ts'
import { readOneScope, scopeOptions } from './suppression-scope.ts'

export const command: Command = {
  name: 'suppress import',
  summary: 'put the recipients of a file on the list of an account or a domain',
  positionals: ['FILE'],
  options: { ...scopeOptions, 'dry-run': { help: 'read the file, say what is wrong with it, and change nothing' } },
  details:
    'One of --account and --domain is needed. FILE (- is stdin) is what suppress export writes, a CSV with a column recipient, email\nor address, NDJSON, or one address a line. Reasons: unknown (bounce), complaint (spam), else manual. Given again, nothing\ncomes twice. The exit code is 65 when lines could not be taken; the others are.',
  examples: [
    'posthouse suppress import list.csv --domain example.com --data ./mail',
    'posthouse suppress import - --account alice@example.com --data ./mail < bounced.txt',
  ],
  async run(call) {
    const scope = readOneScope(call, 'onto whose list?')
    const isDryRun = call.options.flag('dry-run')
    const sum = await administer(call, async administration => {
      // That there is such a list is known before anything is read.
      valueFrom(await administration.listSuppressed(scope))
      const work = new Import(call, isDryRun ? undefined : administration)
      for await (const line of linesOf(call)) await work.take(line, scope)
      return await work.finish()
    })
    const changed = isDryRun
      ? `${sum.read} could be imported`
      : `${sum.added} added, ${sum.replaced} were there already`
    printOne(call, sum, [`${changed}, ${sum.refused} not taken`])
    if (sum.refused > limits.shownComplaints)
      call.terminal.err(`and ${sum.refused - limits.shownComplaints} more that could not be taken`)
    if (isDryRun) call.terminal.err('nothing was changed')
    return sum.refused === 0 ? exitCode.ok : exitCode.badData
  },
}

async function* linesOf(call: Call): AsyncGenerator<string, undefined> {
  const name = positional(call, 0)
  const file = createReadStream(name === '-' ? '/dev/stdin' : resolve(call.terminal.folder, name))
  const failed = Promise.withResolvers<never>()
  file.once('error', error => failed.reject(cannotRead(name, error)))
  failed.promise.catch(() => undefined)
  const lines = createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([lines.next(), failed.promise])
    if (next.done) return
    yield next.value
  }
}

function cannotRead(name: string, error: Error): CommandError {
  const isMissing = 'code' in error && error.code === 'ENOENT'
  const message = isMissing ? `there is no file ${name}` : `${name} cannot be read: ${error.message}`
  return new CommandError(exitCode.badData, message, 'name a CSV or NDJSON file, or - for stdin')
}

interface Placed {
  readonly line: number
  readonly entry: SuppressionEntry
}

class Import {
  readonly #call: Call
  /** Undefined: nothing is changed. */
  readonly #administration: Administration | undefined
  // Whose list it becomes is said by the verb.
  readonly #reader = new ListReader({ kind: 'account', accountId: 0 })
  #line = 0
  #waiting: Placed[] = []
  #sum = { read: 0, added: 0, replaced: 0, refused: 0 }

  constructor(call: Call, administration: Administration | undefined) {
    this.#call = call
    this.#administration = administration
  }

  async take(text: string, { account, domain }: SuppressionScope): Promise<void> {
    this.#line += 1
    const read = this.#reader.read(text)
    if (read.kind === 'nothing') return
    if (read.kind === 'bad') return this.#refuse(this.#line, read.why)
    const { recipient, reason, detail, expiresAt } = read.entry
    if (recipientKey(recipient) === undefined) return this.#refuse(this.#line, `"${recipient}" is no mail address`)
    const entry = { account: account ?? null, domain: domain ?? null, recipient, reason, detail: oneLine(detail) }
    this.#sum.read += 1
    this.#waiting.push({ line: this.#line, entry: { ...entry, expiresAt: expiresAt ?? null } })
    if (this.#waiting.length >= controlLimits.suppressedAtOnce) await this.#send()
  }

  async finish(): Promise<{ read: number; added: number; replaced: number; refused: number }> {
    await this.#send()
    return this.#sum
  }

  async #send(): Promise<void> {
    const placed = this.#waiting
    this.#waiting = []
    if (placed.length === 0 || this.#administration === undefined) return
    const entries = placed.map(({ entry }) => entry)
    const { added, replaced, refused } = valueFrom(
      await this.#administration.importSuppressed({ byHand: false, entries }),
    )
    this.#sum.added += added
    this.#sum.replaced += replaced
    for (const { at, why } of refused) {
      const one = placed[at]
      if (one === undefined) continue
      this.#refuse(one.line, suppressionRefused(one.entry, why).message)
    }
  }

  #refuse(line: number, why: string): void {
    this.#sum.refused += 1
    if (this.#sum.refused <= limits.shownComplaints) this.#call.terminal.err(`line ${line}: ${why}`)
  }
}

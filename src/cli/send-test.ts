// posthouse send-test

import type { Administration } from '#control/administration.ts'
import type { TestMailInfo, TestRecipient, TestStep } from '#control/sending-administration.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, type ExitCode, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { printOne } from './print.ts'
import { refusedLines } from './print-outcome.ts'
import { tryLines } from './print-try.ts'
import { nextWhenHeld } from './queued-message.ts'
import { printable } from './table.ts'

type Taken = Extract<TestMailInfo, { kind: 'taken' }>
type Outcome = Extract<TestStep, { kind: 'outcome' }>

export const command: Command = {
  name: 'send-test',
  summary: 'send a test message through the queue, and show what both servers say',
  positionals: ['ADDRESS'],
  options: { from: { value: 'ADDRESS', help: 'an address of ours to send it from (postmaster of the first domain)' } },
  details:
    'The server must run. It waits until every recipient was tried once. The exit code is 0 when the message was taken, 75 when it\nis tried again later or held, 69 when it was refused for good.',
  examples: [
    'posthouse send-test you@example.org --data ./mail',
    'posthouse send-test you@example.org --from alice@example.com --data ./mail',
  ],
  async run(call) {
    const from = call.options.text('from')
    const request = { to: positional(call, 0), ...(from === undefined ? {} : { from }) }
    return await administer(call, async administration => {
      const sent = valueFrom(await administration.sendTest(request))
      if (sent.kind === 'refused')
        throw new CommandError(exitCode.notRunning, `refused: ${sent.reply}`, nextAfter(sent, request.to))
      const { messageId, recipients } = sent
      printOne(call, sent, [
        `taken as ${messageId}, from ${sent.from}`,
        ...recipients.filter(({ isHere }) => !isHere).map(recipient => printable(whereItIs(recipient))),
      ])
      const outcomes = await followed(call, administration, sent)
      sayNext(call, sent, outcomes)
      return codeOf(recipients, outcomes)
    })
  },
}

function nextAfter({ reason }: Extract<TestMailInfo, { kind: 'refused' }>, to: string): string {
  return reason === 'recipient-suppressed' ? `posthouse suppress list ${to}` : `posthouse explain ${reason}`
}

function whereItIs({ address, hop, heldFor }: TestRecipient): string {
  return heldFor === null ? `${address}: goes by the route ${hop}` : `${address}: held: ${heldFor}`
}

/** Prints what happens while it happens. */
async function followed(call: Call, administration: Administration, { messageId }: Taken): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let seen = 0
  let isTold = false
  for (let isOver = false; !isOver; ) {
    const progress = valueFrom(await administration.followTest({ messageId, seen }))
    if (progress === null) break
    if (progress.steps.length === 0 && !progress.isOver && !isTold) {
      call.terminal.err('waiting for the other server; Ctrl-C ends that, and leaves the message in the queue')
      isTold = true
    }
    for (const step of progress.steps) {
      printOne(call, step, step.kind === 'try' ? ['', ...tryLines('try', step)] : ['', ...outcomeLines(step)])
      if (step.kind === 'outcome') outcomes.push(step)
    }
    seen += progress.steps.length
    isOver = progress.isOver
  }
  return outcomes
}

function outcomeLines({ recipient, outcome, class: why, status, reply }: Outcome): readonly string[] {
  if (outcome === 'delivered') return [printable(`${recipient}: delivered: ${reply}`)]
  const words = outcome === 'failed' ? 'refused for good' : 'not now; it is tried again'
  return [printable(`${recipient}: ${words}`), ...refusedLines({ class: why, status, reply })]
}

function sayNext({ terminal }: Call, { messageId, recipients }: Taken, outcomes: readonly Outcome[]): void {
  if (recipients.some(({ heldFor }) => heldFor !== null)) terminal.err(`next: ${nextWhenHeld(messageId, recipients)}`)
  else if (outcomes.some(({ outcome, isFinal }) => outcome === 'deferred' && !isFinal))
    terminal.err(`next: posthouse queue show ${messageId} tells when it is tried again`)
}

function codeOf(recipients: readonly TestRecipient[], outcomes: readonly Outcome[]): ExitCode {
  if (outcomes.some(({ outcome }) => outcome === 'failed')) return exitCode.notRunning
  const isWaiting = recipients.some(({ heldFor }) => heldFor !== null)
  return isWaiting || outcomes.some(({ outcome }) => outcome === 'deferred') ? exitCode.tryAgain : exitCode.ok
}

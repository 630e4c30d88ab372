// posthouse mail import

import { resolve } from 'node:path'
import type { Administration } from '#control/administration.ts'
import { openSource } from '#import/open-source.ts'
import { type Source, SourceError, type SourceMailbox } from '#import/source.ts'
import { readUidlChoice, type UidlChoice } from '#import/uidl-choice.ts'
import { type Call, type Command, positional } from './command.ts'
import { CommandError, type ExitCode, exitCode } from './exit.ts'
import { type ImportedMailbox, importMailbox } from './import-mailbox.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { counted, printOne } from './print.ts'

export const command: Command = {
  name: 'mail import',
  summary: 'bring the mail of another server into an account: a Maildir, or mbox files',
  positionals: ['ADDRESS', 'PATH'],
  options: {
    format: { value: 'FORMAT', help: 'maildir or mbox; if not given, what PATH looks like' },
    uidl: { value: 'WHICH', help: 'where the unique-ids of POP3 are from: see below' },
    mailbox: { value: 'NAME', help: 'where INBOX, or the mbox file, goes; if not given, INBOX' },
    'dry-run': { help: 'say what would be done, and write nothing' },
  },
  details: `PATH is a Maildir with the mailboxes below it (Maildir++, or Dovecot's LAYOUT=fs), an mbox file, or a folder of mbox files. It is
only read, by this command itself, as the user who runs it: root may read other users' mail while the server runs. Messages that
an import brought before are passed over, whatever became of them since: broken off, or with new mail in PATH, give it again.

POP3 programs know messages by their unique-ids (UIDL). If they keep those of the old server, nothing is downloaded twice. WHICH:
  auto       dovecot-uidlist, else courierpop3dsizelist, else none (this is what holds if it is not given)
  dovecot    dovecot-uidlist with Dovecot's own format, %08Xu%08Xv
  courier    courierpop3dsizelist
  x-uidl     the message's X-UIDL field
  none       new ones
  a format   as pop3_uidl_format has it in the old server's configuration: %v.%u  %f  %g  %{uid | hex(8)}
--dry-run shows one of them, to be compared with what the old server's UIDL says.`,
  examples: [
    'posthouse mail import alice@example.com /srv/vmail/alice/Maildir --dry-run --data ./mail',
    "posthouse mail import alice@example.com /srv/vmail/alice/Maildir --uidl '%v.%u' --data ./mail",
    'posthouse mail import alice@example.com /var/mail/alice --mailbox Old --data ./mail',
  ],
  async run(call) {
    const uidls = readChoice(call.options.text('uidl') ?? 'auto')
    const format = readFormat(call.options.text('format'))
    const path = resolve(call.terminal.folder, positional(call, 1))
    return await inWords(() =>
      administer(call, async administration => {
        valueFrom(await administration.showQuota({ address: positional(call, 0) }))
        return await importAll(call, administration, await openSource(path, { format, uidls }))
      }),
    )
  },
}

async function importAll(call: Call, administration: Administration, source: Source): Promise<ExitCode> {
  for (const complaint of source.complaints) call.terminal.err(complaint)
  const dryRun = call.options.flag('dry-run')
  let unread = source.complaints.length
  for (const mailbox of source.mailboxes) {
    const imported = await importMailbox(renamed(call, mailbox), {
      administration,
      address: positional(call, 0),
      dryRun,
      say: line => call.terminal.err(line),
    })
    unread += imported.unread
    printOne(call, imported, [inLine(imported, dryRun)])
  }
  if (dryRun) call.terminal.err('nothing was written')
  if (unread === 0) return exitCode.ok
  call.terminal.err(`${unread} could not be imported: see above`)
  return exitCode.badData
}

/** Only INBOX has another name. */
function renamed(call: Call, mailbox: SourceMailbox): SourceMailbox {
  const name = call.options.text('mailbox')
  return name === undefined || mailbox.name !== 'INBOX' ? mailbox : { ...mailbox, name }
}

function inLine({ mailbox, messages, before, uidls, uidlsFrom, uidl }: ImportedMailbox, dryRun: boolean): string {
  const parts = [
    `${mailbox}: ${dryRun ? `${counted(messages, 'message')} to import` : `${counted(messages, 'message')} imported`}`,
  ]
  if (before > 0) parts.push(`${before} were there already`)
  if (uidlsFrom !== null && messages > 0)
    parts.push(`${uidls} with the unique-ids that POP3 knows (${uidlsFrom}${uidl === null ? '' : `; like ${uidl}`})`)
  return parts.join(', ')
}

function readChoice(text: string): UidlChoice {
  const choice = readUidlChoice(text)
  if (choice !== undefined) return choice
  throw new CommandError(
    exitCode.usage,
    `--uidl ${text} is none that is known here`,
    'auto, dovecot, courier, x-uidl, none, or a format of %u, %v, %f, %g like %08Xu%08Xv',
  )
}

function readFormat(text: string | undefined): 'maildir' | 'mbox' | undefined {
  if (text === undefined || text === 'maildir' || text === 'mbox') return text
  throw new CommandError(exitCode.usage, `--format ${text} is none that is known here`, 'maildir or mbox')
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SourceError) throw new CommandError(exitCode.badData, error.message, error.next)
    throw error
  }
}

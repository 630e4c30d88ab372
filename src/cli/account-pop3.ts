// posthouse account pop3

import { type Call, type Command, positional } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { administer } from './installation.ts'
import { valueFrom } from './outcome.ts'
import { counted, printOne } from './print.ts'
import { readingRows } from './print-reading.ts'
import { columns } from './table.ts'

const settings: Readonly<Record<string, readonly string[]>> = {
  'on-delete': ['auto', 'hide', 'trash', 'delete', 'default'],
  retrieval: ['any', 'imap', 'pop3', 'default'],
}

export const command: Command = {
  name: 'account pop3',
  summary: 'what POP3 may do to mail that IMAP shows too, and by which of them an account may be read',
  positionals: ['ADDRESS'],
  options: {
    'on-delete': { value: 'WHAT', help: 'what becomes of what POP3 removes: auto, hide, trash, delete' },
    retrieval: { value: 'WHICH', help: 'what it may be read by: any, imap, pop3' },
    language: { value: 'TAG', help: 'of what the server writes to its owner: en, de' },
    'show-hidden': { help: 'POP3 is shown again what is hidden from it' },
    'remove-hidden': { help: 'that goes, for all; it can be restored for some days' },
  },
  details:
    'hide: POP3 sees it no more, all others still do. trash: it goes to Trash. delete: it goes, and can be restored for some days.\nauto: hide where IMAP was used in the last 30 days or INBOX is shared, else delete. default: as the configuration says.\nWith none of the options it tells what is set.',
  examples: [
    'posthouse account pop3 alice@example.com --on-delete hide --data ./mail',
    'posthouse account pop3 alice@example.com --retrieval imap --data ./mail',
    'posthouse account pop3 alice@example.com --show-hidden --data ./mail',
  ],
  async run(call) {
    const edit = editFrom(call)
    const ended = endOf(call)
    const address = positional(call, 0)
    await administer(call, async administration => {
      const isEdit = Object.keys(edit).length > 0
      const reading = valueFrom(
        await (isEdit ? administration.setReading({ address, ...edit }) : administration.showReading({ address })),
      )
      if (ended === undefined) {
        printOne(call, reading, columns(readingRows(reading)))
        return
      }
      const { count } = valueFrom(await administration.endHiding({ address, remove: ended === 'removed' }))
      const words = ended === 'removed' ? 'removed' : 'shown to POP3 again'
      printOne(call, { address: reading.address, [ended]: count }, [`${counted(count, 'message')} ${words}`])
    })
    return exitCode.ok
  },
}

function editFrom({ options }: Call) {
  const onDelete = options.text('on-delete')
  const retrieval = options.text('retrieval')
  const language = options.text('language')
  for (const [name, value] of Object.entries({ 'on-delete': onDelete, retrieval })) {
    const values = settings[name] ?? []
    if (value !== undefined && !values.includes(value))
      throw new CommandError(exitCode.usage, `--${name} cannot be "${value}"`, values.join(', '))
  }
  return {
    ...(onDelete === undefined ? {} : { onDelete }),
    ...(retrieval === undefined ? {} : { retrieval }),
    ...(language === undefined ? {} : { language }),
  }
}

/** What becomes of what is hidden; undefined: it stays so. */
function endOf({ options }: Call): 'shown' | 'removed' | undefined {
  const [show, remove] = [options.flag('show-hidden'), options.flag('remove-hidden')]
  if (show && remove)
    throw new CommandError(exitCode.usage, '--show-hidden and --remove-hidden are both given', 'give one of them')
  if (show) return 'shown'
  return remove ? 'removed' : undefined
}

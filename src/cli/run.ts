// From the words of the command line to an exit code: finds the command, hands it its call, says what went wrong.

import { ConfigError, printProblem } from '#config/config-error.ts'
import { nearest } from '#config/nearest.ts'
import { version } from '#config/version.ts'
import type { Call } from './command.ts'
import { type CommandEntry, commands } from './commands.ts'
import { errorInWords } from './error-in-words.ts'
import { CommandError, type ExitCode, exitCode } from './exit.ts'
import { parseCall, wordsOf } from './parse.ts'
import type { Terminal } from './terminal.ts'

/** `args`: what follows the program's name. Prints what there is to say; rejects never. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal)
  } catch (error) {
    return report(error, terminal)
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const words = wordsOf(args)
  const [first = '', second = ''] = words.map(at => args[at] ?? '')
  const helpAt = words.slice(0, 2).find(at => args[at] === 'help')
  if (helpAt !== undefined) return await dispatch([...args.filter((_, at) => at !== helpAt), '--help'], terminal)
  if (first === 'version' || (first === '' && args.includes('--version'))) {
    terminal.out(`posthouse ${version}`)
    return exitCode.ok
  }
  const entry =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
  const asked = args.includes('--help') || args.includes('-h')
  if (entry === undefined) return await withoutCommand({ first, second, asked }, terminal)
  const nameWords = words.slice(0, entry.name.split(' ').length)
  const rest = args.filter((_, at) => !nameWords.includes(at))
  return await call(entry, rest, terminal)
}

async function call(entry: CommandEntry, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { command } = await entry.load()
  const parsed = parseCall(command, args)
  if (parsed.options.flag('help')) {
    const { commandHelp } = await import('./help.ts')
    terminal.out(commandHelp(command))
    return exitCode.ok
  }
  const made: Call = { ...parsed, terminal }
  return await command.run(made)
}

interface Unfound {
  readonly first: string
  readonly second: string
  readonly asked: boolean
}

/** No command, a group of commands (`account`), or none that we know. Help that was asked for is data; else it is a complaint. */
async function withoutCommand({ first, second, asked }: Unfound, terminal: Terminal): Promise<ExitCode> {
  const { overview } = await import('./help.ts')
  const group = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (first === '' || (group.length > 0 && second === '')) {
    const shown =
      first === '' ? overview(commands, 'posthouse: a complete mail server') : overview(group, `posthouse ${first}`)
    if (asked) terminal.out(shown)
    else terminal.err(shown)
    return asked ? exitCode.ok : exitCode.usage
  }
  const typed = second === '' || group.length === 0 ? first : `${first} ${second}`
  const names = commands.map(({ name }) => name)
  const meant = nearest(`${first} ${second}`.trim(), names) ?? nearest(first, names)
  throw new CommandError(
    exitCode.usage,
    `there is no command "${typed}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    'posthouse --help',
  )
}

function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) terminal.err(printProblem(problem))
    terminal.err(`next: mend that, then: posthouse config check --config ${error.problems[0]?.file}`)
    return exitCode.configuration
  }
  const known = error instanceof CommandError ? error : errorInWords(error)
  if (known === undefined) {
    terminal.err(`posthouse: a fault: ${error instanceof Error ? error.stack : String(error)}`)
    return exitCode.fault
  }
  terminal.err(`posthouse: ${known.message}`)
  if (known.next !== undefined) terminal.err(`next: ${known.next}`)
  return known.code
}

// The texts of --help.

import { type Command, commonOptions, type Option } from './command.ts'
import type { CommandEntry } from './commands.ts'
import { columns } from './table.ts'

export function overview(commands: readonly CommandEntry[], title: string): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary])
  return [
    title,
    '',
    ...columns(rows),
    '',
    'posthouse COMMAND --help tells more about each, with an example.',
    'Which installation is meant: --data DIR or --config FILE (dev: --data alone), else the posthouse.config.ts here.',
    'Every command takes --json: one JSON object a line.',
    '',
    'Exit codes: 0 done, 64 wrong usage, 65 wrong data, 67 no such account, 69 no server, or it takes nothing,',
    '70 a fault of Posthouse, 75 try again, 77 not allowed, 78 the configuration is wrong.',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const options = Object.entries({ ...command.options, ...commonOptions }).filter(
    ([name]) =>
      (name !== 'config' || command.insteadOfConfig === undefined) &&
      (!['config', 'data'].includes(name) || command.needsNoInstallation !== true),
  )
  return [
    `posthouse ${[command.name, ...command.positionals, '[options]'].join(' ')}`,
    `  ${command.summary}`,
    ...(command.details === undefined ? [] : ['', command.details]),
    '',
    'Options',
    ...columns(options.map(([name, option]) => [`  ${printOption(name, option)}`, option.help])),
    '',
    command.examples.length === 1 ? 'Example' : 'Examples',
    ...command.examples.map(example => `  ${example}`),
  ].join('\n')
}

function printOption(name: string, { value, multiple }: Option): string {
  return `--${name}${value === undefined ? '' : ` ${value}`}${multiple === true ? ' ...' : ''}`
}

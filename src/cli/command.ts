// A command as data, and one call of it. Each command is one file that exports `command`.

import type { ExitCode } from './exit.ts'
import type { Terminal } from './terminal.ts'

export interface Option {
  /** What stands for its value in the help, as in `DIR`; undefined: a flag without one. */
  readonly value?: string
  /** May be given several times. */
  readonly multiple?: true
  readonly help: string
}

export interface Command {
  /** As typed: `account add`. */
  readonly name: string
  readonly summary: string
  /** Arguments in their order, as in `ADDRESS`; all are needed but those in brackets: `[ADDRESS]`. A last one with dots takes all that is left: `[TEXT ...]`. */
  readonly positionals: readonly string[]
  /** Besides --data, --config, --json and --help. */
  readonly options: Readonly<Record<string, Option>>
  /** A command without a configuration file, which its help does not speak of: what to do instead. */
  readonly insteadOfConfig?: string
  /** A command that has nothing to do with an installation: no --data, no --config. */
  readonly needsNoInstallation?: true
  /** What else the help says. */
  readonly details?: string
  /** Real ones, to paste. */
  readonly examples: readonly string[]
  run(call: Call): Promise<ExitCode>
}

export interface Call {
  readonly positionals: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
}

export interface Options {
  flag(name: string): boolean
  /** The last value given. */
  text(name: string): string | undefined
  /** All values given. */
  texts(name: string): readonly string[]
}

export const commonOptions: Readonly<Record<string, Option>> = {
  data: { value: 'DIR', help: 'the installation whose data folder this is' },
  config: { value: 'FILE', help: 'the installation that this file configures' },
  json: { help: 'one JSON object a line' },
  help: { help: 'this text' },
}

/** An argument that the parser has already seen to be there. */
export function positional(call: Call, index: number): string {
  return call.positionals[index] ?? ''
}

// The command line, taken apart: which command, its arguments, its options. What is wrong is a CommandError with the way to the help.

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { nearest } from '#config/nearest.ts'
import { type Command, commonOptions, type Option, type Options } from './command.ts'
import { CommandError, exitCode } from './exit.ts'

/** The words of the command line that are no options, as far as that can be told before the command is known. */
export function wordsOf(args: readonly string[]): readonly number[] {
  const words: number[] = []
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ''
    if (arg === '--') break
    if (arg === '--data' || arg === '--config') at += 1
    else if (!arg.startsWith('-')) words.push(at)
  }
  return words
}

export interface Parsed {
  readonly positionals: readonly string[]
  readonly options: Options
}

/** `args` without the command's own name. */
export function parseCall(command: Command, args: readonly string[]): Parsed {
  const options = { ...command.options, ...commonOptions }
  const parsed = parseLoosely(command, options, args)
  if (parsed.options.flag('help')) return parsed
  if (command.insteadOfConfig !== undefined && parsed.options.text('config') !== undefined)
    throw new CommandError(exitCode.usage, `${command.name} takes no --config`, command.insteadOfConfig)
  const ofInstallation = ['data', 'config'].find(name => parsed.options.text(name) !== undefined)
  if (command.needsNoInstallation === true && ofInstallation !== undefined)
    throw wrong(command, `${command.name} takes no --${ofInstallation}`)
  const needed = command.positionals.filter(name => !name.startsWith('['))
  const missing = needed[parsed.positionals.length]
  if (missing !== undefined) throw wrong(command, `${missing} is missing`)
  const extra = parsed.positionals[command.positionals.length]
  const takesAll = command.positionals.at(-1)?.includes(' ...') === true
  if (extra !== undefined && !takesAll) throw wrong(command, `"${extra}" is one argument too many`)
  return parsed
}

function parseLoosely(command: Command, options: Command['options'], args: readonly string[]): Parsed {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, typeOf(name, option)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (option === undefined) throw unknownOption(command, Object.keys(options), token.rawName)
    if (option.value !== undefined && (!token.value || isOption(token)))
      throw wrong(command, `--${token.name} needs a value: --${token.name} ${option.value}`)
    if (option.value === undefined && token.value !== undefined) throw wrong(command, `--${token.name} takes no value`)
    const values = given.get(token.name) ?? []
    if (values.length > 0 && option.multiple !== true) throw wrong(command, `--${token.name} is given twice`)
    given.set(token.name, [...values, token.value ?? ''])
  }
  return { positionals, options: readOptions(given) }
}

function typeOf(name: string, { value }: Option): ParseArgsOptionsConfig[string] {
  const type = value === undefined ? 'boolean' : 'string'
  return name === 'help' ? { type, short: 'h' } : { type }
}

/** `--data --json`: the next option was taken for a value. `--data=--json` is meant so. */
function isOption(token: { readonly value: string | undefined; readonly inlineValue: boolean | undefined }): boolean {
  return token.inlineValue !== true && token.value?.startsWith('--') === true
}

function readOptions(given: ReadonlyMap<string, readonly string[]>): Options {
  return {
    flag: name => given.has(name),
    text: name => given.get(name)?.at(-1),
    texts: name => given.get(name) ?? [],
  }
}

function unknownOption(command: Command, known: readonly string[], rawName: string): CommandError {
  if (/^--?pass/.test(rawName)) {
    const reason = 'a password never stands on the command line, where others can read it'
    return new CommandError(exitCode.usage, reason, `leave ${rawName} out: it is asked for, or read from stdin`)
  }
  const meant = nearest(rawName.replace(/^-+/, ''), known)
  return wrong(command, `there is no option ${rawName}${meant === undefined ? '' : `; did you mean --${meant}?`}`)
}

function wrong(command: Command, message: string): CommandError {
  return new CommandError(exitCode.usage, message, `posthouse ${command.name} --help`)
}

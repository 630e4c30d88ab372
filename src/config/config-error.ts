// What is wrong with a configuration file, for the operator: where, what was wanted, what stands there.

export interface ConfigProblem {
  readonly file: string
  /** 1 for the first; undefined when it can't be told. */
  readonly line: number | undefined
  /** `listeners[0].port`; '' for the file as a whole. */
  readonly key: string
  readonly message: string
}

export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(printProblem).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** `mail.yaml:12: listeners[0].port: wanted ...` */
export function printProblem({ file, line, key, message }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`
  return [place, key, message].filter(part => part !== '').join(': ')
}

export type KeyPath = readonly (string | number)[]

export function printKey(path: KeyPath): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')
}

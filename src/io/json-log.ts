// The log as one JSON object a line, by pino. The lines of one turn of the event loop are printed and written together at its end: a write costs
// more than a line, and a line that is printed after another costs a fraction of one in the midst of other work. From `warn` on at once, with all before it.

import { pino } from 'pino'
import { limits } from './limits.ts'
import { LineWriter } from './line-writer.ts'
import type { Log, LogFields, LogLevel } from './log.ts'

export interface LogDestination {
  write(line: string): void
}

const standardError = 2

/** Fields by these names never reach a line, whoever logs them. */
const secretFields = ['password', 'secret', 'token', 'authorization', 'credentials', 'privateKey']

/**
 * @param level the lowest that is written
 * @param destination where each line goes at once; standard error unless told, turn by turn
 */
export function jsonLog(level: LogLevel | 'silent', destination?: LogDestination): Log {
  return new JsonLog(new Lines(level, destination), {})
}

interface Line {
  readonly level: LogLevel
  /** Unix ms. */
  readonly at: number
  readonly fields: LogFields
  readonly event: string
}

class Lines {
  readonly #logger: pino.Logger
  /** Undefined: each line goes to its destination at once. */
  readonly #standardError: LineWriter | undefined
  #waiting: Line[] = []
  /** Of the line that is being printed. */
  #at = 0

  constructor(level: LogLevel | 'silent', destination: LogDestination | undefined) {
    const options: pino.LoggerOptions = {
      level,
      base: null,
      messageKey: 'event',
      timestamp: isoTimes(() => this.#at),
      formatters: { level: label => ({ level: label }) },
    }
    if (destination !== undefined) {
      this.#logger = pino(options, destination)
      return
    }
    this.#standardError = new LineWriter(standardError)
    this.#logger = pino(options, this.#standardError)
    process.on('exit', this.#printAll)
  }

  has(level: LogLevel): boolean {
    return this.#logger.isLevelEnabled(level)
  }

  add(line: Line): void {
    const { length } = this.#waiting
    this.#waiting.push(line)
    const isUrgent = line.level === 'warn' || line.level === 'error'
    if (this.#standardError === undefined || isUrgent || length === limits.logLinesAtOnce) this.#printAll()
    else if (length === 0) setImmediate(this.#printAll)
  }

  readonly #printAll = (): void => {
    const lines = this.#waiting
    this.#waiting = []
    for (const { level, at, fields, event } of lines) {
      this.#at = at
      this.#logger[level](withoutSecrets(fields), event)
    }
    this.#standardError?.flush()
  }
}

function withoutSecrets(fields: LogFields): LogFields {
  const found = secretFields.filter(name => name in fields)
  return found.length === 0 ? fields : { ...fields, ...Object.fromEntries(found.map(name => [name, '[secret]'])) }
}

/** A time as pino wants it; lines of one millisecond share its text. */
function isoTimes(now: () => number): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    if (now() === at) return text
    at = now()
    text = `,"time":"${new Date(at).toISOString()}"`
    return text
  }
}

/** Fields of `with` are kept here, not in a pino child: that costs some kilobytes, and there is one for each session. */
class JsonLog implements Log {
  readonly #lines: Lines
  readonly #bound: LogFields

  constructor(lines: Lines, bound: LogFields) {
    this.#lines = lines
    this.#bound = bound
  }

  debug(event: string, fields?: LogFields): void {
    this.#add('debug', event, fields)
  }

  info(event: string, fields?: LogFields): void {
    this.#add('info', event, fields)
  }

  warn(event: string, fields?: LogFields): void {
    this.#add('warn', event, fields)
  }

  error(event: string, fields?: LogFields): void {
    this.#add('error', event, fields)
  }

  with(fields: LogFields): Log {
    return new JsonLog(this.#lines, { ...this.#bound, ...fields })
  }

  #add(level: LogLevel, event: string, fields: LogFields | undefined): void {
    if (this.#lines.has(level)) this.#lines.add({ level, at: Date.now(), fields: { ...this.#bound, ...fields }, event })
  }
}

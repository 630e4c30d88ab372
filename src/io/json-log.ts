// The log as one JSON object a line, by pino. Written at once, so that a crash loses no line.

import { pino } from 'pino'
import type { Log, LogFields, LogLevel } from './log.ts'

export interface LogDestination {
  write(line: string): void
}

/** Fields by these names never reach a line, whoever logs them. */
const secretFields = ['password', 'secret', 'token', 'authorization', 'credentials', 'privateKey']

/**
 * @param level the lowest that is written
 * @param destination where the lines go; standard error unless told
 */
export function jsonLog(level: LogLevel | 'silent', destination?: LogDestination): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: { paths: secretFields, censor: '[secret]' },
  }
  return new PinoLog(pino(options, destination ?? pino.destination({ dest: 2, sync: true })), {})
}

/** Fields of `with` are kept here, not in a pino child: that costs some kilobytes, and there is one for each session. */
class PinoLog implements Log {
  readonly #logger: pino.Logger
  readonly #bound: LogFields

  constructor(logger: pino.Logger, bound: LogFields) {
    this.#logger = logger
    this.#bound = bound
  }

  debug(event: string, fields?: LogFields): void {
    this.#write('debug', event, fields)
  }

  info(event: string, fields?: LogFields): void {
    this.#write('info', event, fields)
  }

  warn(event: string, fields?: LogFields): void {
    this.#write('warn', event, fields)
  }

  error(event: string, fields?: LogFields): void {
    this.#write('error', event, fields)
  }

  with(fields: LogFields): Log {
    return new PinoLog(this.#logger, { ...this.#bound, ...fields })
  }

  #write(level: LogLevel, event: string, fields: LogFields | undefined): void {
    if (this.#logger.isLevelEnabled(level)) this.#logger[level]({ ...this.#bound, ...fields }, event)
  }
}

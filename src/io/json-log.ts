// The log as one JSON object a line, by pino. The lines of one turn of the event loop are written together at its end, for a write costs more than
// a line; from `warn` on at once, with all before it.

import { pino } from 'pino'
import { limits } from './limits.ts'
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
    timestamp: isoTimes(),
    formatters: { level: label => ({ level: label }) },
    redact: { paths: secretFields, censor: '[secret]' },
  }
  if (destination !== undefined) return new PinoLog({ logger: pino(options, destination), written: () => {} }, {})
  const lines = pino.destination({ dest: 2, sync: true, minLength: limits.logBytesAtOnce })
  return new PinoLog({ logger: pino(options, lines), written: atEndOfTurn(() => lines.flushSync()) }, {})
}

/** What is to be done after each line. */
type Written = (level: LogLevel) => void

function atEndOfTurn(flush: () => void): Written {
  let isDue = false
  process.on('exit', flush)
  return level => {
    if (level === 'warn' || level === 'error') return flush()
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      flush()
    })
  }
}

/** The time as pino wants it; lines of one millisecond share its text. */
function isoTimes(): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) text = `,"time":"${new Date(now).toISOString()}"`
    at = now
    return text
  }
}

interface Lines {
  readonly logger: pino.Logger
  readonly written: Written
}

/** Fields of `with` are kept here, not in a pino child: that costs some kilobytes, and there is one for each session. */
class PinoLog implements Log {
  readonly #lines: Lines
  readonly #bound: LogFields

  constructor(lines: Lines, bound: LogFields) {
    this.#lines = lines
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
    return new PinoLog(this.#lines, { ...this.#bound, ...fields })
  }

  #write(level: LogLevel, event: string, fields: LogFields | undefined): void {
    const { logger, written } = this.#lines
    if (!logger.isLevelEnabled(level)) return
    logger[level]({ ...this.#bound, ...fields }, event)
    written(level)
  }
}

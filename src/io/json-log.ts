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
  return writingTo(pino(options, destination ?? pino.destination({ dest: 2, sync: true })))
}

function writingTo(logger: pino.Logger): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) =>
      logger[level](fields, event)
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: fields => writingTo(logger.child(fields)),
  }
}

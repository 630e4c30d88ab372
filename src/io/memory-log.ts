// A log that keeps its events, for tests.

import type { Log, LogFields, LogLevel } from './log.ts'

export interface LoggedEvent {
  readonly level: LogLevel
  readonly event: string
  /** Those of `with` and those of the event. */
  readonly fields: LogFields
}

export interface MemoryLog extends Log {
  /** Every event of this log and of those made by `with`, oldest first. */
  readonly events: readonly LoggedEvent[]
}

export function memoryLog(): MemoryLog {
  const events: LoggedEvent[] = []
  return { ...keepingIn(events, {}), events }
}

function keepingIn(events: LoggedEvent[], bound: LogFields): Log {
  const keep = (level: LogLevel) => (event: string, fields?: LogFields) => {
    events.push({ level, event, fields: { ...bound, ...fields } })
  }
  return {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    with: fields => keepingIn(events, { ...bound, ...fields }),
  }
}

// How many connections there may be: as configured, or fewer where the process has too few descriptors for them.

import type { Config } from '#config/config.ts'
import { descriptorLimit } from '#io/descriptor-limit.ts'
import type { Log } from '#io/log.ts'
import { holdable } from '#serve/descriptors.ts'

export function connectionsToHold({ listeners, throttles }: Pick<Config, 'listeners' | 'throttles'>, log: Log) {
  const wanted = throttles.connections.inAll
  const descriptors = descriptorLimit()
  const { connections: inAll, refusalsAtOnce } = holdable(descriptors, {
    connections: wanted,
    listeners: listeners.length,
  })
  if (inAll < wanted) {
    const hint = 'raise the limit of open files (ulimit -Hn, LimitNOFILE=)'
    log.warn('connections.limited', { wanted, inAll, descriptors, hint })
  }
  return { connections: { ...throttles.connections, inAll }, refusalsAtOnce }
}

// The looks at the world while no server runs, with this process's own connections.

import { openMailOut } from '#compose/mail-out.ts'
import { realOutside } from '#compose/outside.ts'
import type { Config } from '#config/config.ts'
import { type ProbeVerbs, probeVerbs } from '#control/probe-verbs.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database } from '#io/sql/database.ts'
import { defaultSend } from '#send/default-settings.ts'
import type { RouteSettings, SendSettings } from '#send/settings.ts'

export interface OfflineProbesNeeds {
  readonly database: Database
  readonly config: Config | undefined
  readonly hostname: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** What it opens is `owned`. */
export async function openProbes(needs: OfflineProbesNeeds, owned: AsyncDisposableStack): Promise<ProbeVerbs> {
  const { database, config, hostname, clock, random, log } = needs
  const { listeners = [], dns } = config ?? {}
  const settings = withoutCredentials(config?.send ?? defaultSend)
  const outside = { ...realOutside({ dns, log: { level: 'error' } }), clock, random, log }
  const mailOut = owned.use(await openMailOut({ config: { hostname, listeners, send: settings }, outside, database }))
  return probeVerbs({ ...outside, ...mailOut, hostname, settings })
}

/** Nobody is logged in to, so nobody's password has to be read. */
function withoutCredentials(settings: SendSettings): SendSettings {
  const routes = Object.entries(settings.routes).map(([name, route]): readonly [string, RouteSettings] =>
    route.kind === 'smarthost' ? [name, { ...route, credentials: undefined }] : [name, route],
  )
  return { ...settings, routes: Object.fromEntries(routes) }
}

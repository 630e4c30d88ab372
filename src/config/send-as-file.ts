// The room `send` of the effective configuration, as the file has it.

import type { RouteSettings, SendSettings } from '#send/settings.ts'

/** The keys and values of the file, in plain data. */
export function sendAsFile({ routes, ...rest }: SendSettings): unknown {
  const named = Object.entries(routes).map(([name, route]) => [name, routeAsFile(route)] as const)
  return withoutUndefined({ routes: Object.fromEntries(named), ...rest })
}

function routeAsFile(route: RouteSettings): unknown {
  if (route.kind !== 'smarthost' || route.credentials === undefined) return route
  const { user, passwordPath } = route.credentials
  return { ...route, credentials: { user, passwordFile: passwordPath } }
}

/** At any depth: YAML would write null. */
function withoutUndefined(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(withoutUndefined)
  if (typeof given !== 'object' || given === null) return given
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutUndefined(value)]))
}

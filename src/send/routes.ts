// Which way a recipient goes: the rules of the configuration, compiled once. A hop is the route's name, and for direct routes `:` and the domain:
// `direct:example.org`, `office`. The queue keeps that text, so it must go on meaning the same.

import { parseAddress } from '#mail/address.ts'
import type { HeldRoute, RouteRule, RouteSettings, SendSettings } from './settings.ts'

export interface Routed {
  readonly accountId: number
  /** '' for the null path. */
  readonly sender: string
  readonly recipient: string
  /** So many tries were in vain. */
  readonly tries: number
}

export type Route =
  | { readonly kind: 'hop'; readonly hop: string }
  /** By a rule of the configuration; `reason` is shown to whoever looks at the queue. */
  | { readonly kind: 'held'; readonly reason: string }

export interface Hop {
  readonly name: string
  readonly route: Exclude<RouteSettings, HeldRoute>
  /** Where mail for one domain alone goes; undefined: of any. */
  readonly domain: string | undefined
}

type Fits = (asked: Asked) => boolean

interface Asked {
  readonly senderDomain: string
  readonly recipientDomain: string
  readonly tries: number
}

export class Routes {
  readonly #routes: ReadonlyMap<string, RouteSettings>
  readonly #rules: readonly { readonly fits: Fits; readonly route: string }[]
  readonly #standard: string
  readonly #isBlocked: () => boolean

  /** @param isBlocked whether direct routes with a fallback are to take it now */
  constructor({ routes, rules, route }: Pick<SendSettings, 'routes' | 'rules' | 'route'>, isBlocked: () => boolean) {
    this.#standard = route
    this.#routes = new Map(Object.entries(routes))
    this.#rules = rules.map(rule => ({ fits: compile(rule), route: rule.route }))
    this.#isBlocked = isBlocked
  }

  route({ sender, recipient, tries }: Routed): Route {
    const domain = domainOf(recipient)
    if (domain === undefined) return { kind: 'held', reason: 'the recipient is no address' }
    const asked = { senderDomain: domainOf(sender) ?? '', recipientDomain: domain, tries }
    const name = this.#rules.find(({ fits }) => fits(asked))?.route ?? this.#standard
    return this.#hopOf(name, domain)
  }

  /** Undefined: the configuration has no such route any more. */
  hop(text: string): Hop | undefined {
    const colon = text.indexOf(':')
    const name = colon < 0 ? text : text.slice(0, colon)
    const domain = colon < 0 ? undefined : text.slice(colon + 1)
    const route = this.#routes.get(name)
    if (route === undefined || route.kind === 'held' || (route.kind === 'direct') !== (domain !== undefined))
      return undefined
    return { name, route, domain }
  }

  #hopOf(name: string, domain: string): Route {
    const route = this.#routes.get(name)
    if (route === undefined) return { kind: 'held', reason: `the configuration has no route ${name}` }
    if (route.kind === 'held') return { kind: 'held', reason: route.reason }
    if (route.kind === 'smarthost') return { kind: 'hop', hop: name }
    if (route.fallback !== undefined && this.#isBlocked()) return this.#hopOf(route.fallback, domain)
    return { kind: 'hop', hop: `${name}:${domain}` }
  }
}

/** In lower case ASCII, address literals with their brackets. */
function domainOf(address: string): string | undefined {
  return parseAddress(address)?.domain
}

function compile({ senderDomains, recipientDomains, afterTries = 0 }: RouteRule): Fits {
  const isSender = domainTest(senderDomains)
  const isRecipient = domainTest(recipientDomains)
  return asked => asked.tries >= afterTries && isRecipient(asked.recipientDomain) && isSender(asked.senderDomain)
}

/** Whether a domain is one of these; `*.example.org` is all below example.org. Costs as much as the domain has labels. */
export function domainTest(patterns: readonly string[] | undefined): (domain: string) => boolean {
  if (patterns === undefined) return () => true
  const known = new Set(patterns)
  const hasWildcards = patterns.some(pattern => pattern.startsWith('*.'))
  if (known.has('*')) return () => true
  return domain => {
    if (known.has(domain)) return true
    if (!hasWildcards) return false
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
      if (known.has(`*${domain.slice(dot)}`)) return true
    return false
  }
}

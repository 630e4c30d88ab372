// What DNS tells of a peer's address: its names, whether one of them leads back (RFC 8601 2.7.3), whether a blocklist has it (RFC 5782).
// Everything is asked side by side, once in a while for each address, and only of public ones.

import ipaddr from 'ipaddr.js'
import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Answer, Dns } from '#io/dns.ts'
import { reversedAddress } from '#io/reverse-name.ts'
import { limits } from './limits.ts'
import { isPublic } from './public-address.ts'

export interface Blocklist {
  /** `zen.example.org`. */
  readonly zone: string
  /** Where its listings are explained; `{address}` stands for the listed one. */
  readonly link: string | undefined
}

export interface Listing {
  readonly zone: string
  readonly link: string | undefined
  /** The list's own words. */
  readonly text: string | undefined
}

export interface PeerFacts {
  /** In lower case; only such as may stand in a header. */
  readonly names: readonly string[]
  readonly reverse: 'confirmed' | 'unconfirmed' | 'none' | 'unknown'
  /** The first list that has it, in the order of the settings. */
  readonly listed: Listing | undefined
}

export interface PeerChecksNeeds {
  readonly dns: Dns
  readonly clock: Clock
  readonly blocklists?: readonly Blocklist[]
}

const atHome: PeerFacts = { names: [], reverse: 'confirmed', listed: undefined }

export class PeerChecks {
  readonly #dns: Dns
  readonly #blocklists: readonly Blocklist[]
  readonly #asked: Remembered<Promise<PeerFacts>>

  constructor({ dns, clock, blocklists = [] }: PeerChecksNeeds) {
    this.#dns = dns
    this.#blocklists = blocklists
    this.#asked = new Remembered({ clock, mostKeys: limits.peers, forgetMs: limits.peerMs })
  }

  /** Never rejects. */
  of(address: string): Promise<PeerFacts> {
    const known = this.#asked.get(address)
    if (known !== undefined) return known
    const asked = isPublic(address) ? this.#ask(address) : Promise.resolve(atHome)
    this.#asked.set(address, asked)
    return asked
  }

  async #ask(address: string): Promise<PeerFacts> {
    const [{ names, reverse }, listings] = await Promise.all([
      this.#namesOf(address),
      Promise.all(this.#blocklists.map(list => this.#listingIn(list, address))),
    ])
    // What nobody answered is asked again with the next message.
    if (reverse === 'unknown' || listings.includes('unknown')) this.#asked.delete(address)
    return { names, reverse, listed: listings.find(listing => typeof listing === 'object') }
  }

  async #namesOf(address: string): Promise<Pick<PeerFacts, 'names' | 'reverse'>> {
    const answer = await this.#dns.pointers(address)
    if (answer.kind !== 'found') return { names: [], reverse: answer.kind }
    const names = answer.records.map(name => name.toLowerCase()).filter(name => /^[a-z0-9_.-]{1,253}$/.test(name))
    const leads = await Promise.all(
      names.slice(0, limits.confirmedNames).map(async name => leadsTo(await this.#dns.addresses(name), address)),
    )
    if (leads.includes('yes')) return { names, reverse: 'confirmed' }
    return { names, reverse: leads.includes('unknown') ? 'unknown' : 'unconfirmed' }
  }

  async #listingIn({ zone, link }: Blocklist, address: string): Promise<Listing | 'unlisted' | 'unknown'> {
    const name = `${reversedAddress(address)}.${zone}`
    const answer = await this.#dns.addresses(name, 4)
    if (answer.kind === 'unknown') return 'unknown'
    if (answer.kind === 'none' || !answer.records.some(isListing)) return 'unlisted'
    const texts = await this.#dns.texts(name)
    const text = texts.kind === 'found' ? texts.records[0]?.slice(0, limits.listingText) : undefined
    return { zone, link: link?.replace('{address}', address), text }
  }
}

function leadsTo(answer: Answer<string>, address: string): 'yes' | 'no' | 'unknown' {
  if (answer.kind !== 'found') return answer.kind === 'none' ? 'no' : 'unknown'
  const wanted = ipaddr.process(address).toNormalizedString()
  const leads = answer.records.some(one => ipaddr.isValid(one) && ipaddr.process(one).toNormalizedString() === wanted)
  return leads ? 'yes' : 'no'
}

/** RFC 5782 2.1: 127.0.0.0/8 says "listed". 127.255.255.x are the large lists' own errors (asked too often, by an open resolver); any other address is a domain that is for sale. */
function isListing(answer: string): boolean {
  return answer.startsWith('127.') && !answer.startsWith('127.255.255.')
}

// Return paths of ours: MAIL FROM of what our accounts send (VERP) and of what is sent on for others (SRS), signed with a key of the installation.
// The directory's tables have to be there (Directory.open).

import { hash } from 'node:crypto'
import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { type MailAddress, parseAddress, printAddress } from '#mail/address.ts'
import { dayMs, type Sign, toBase32 } from '#mail/return-path.ts'
import { readSrs, srsLocalPart } from '#mail/srs.ts'
import { type ReadVerp, readVerp, verpLocalPart } from '#mail/verp.ts'
import { limits } from './limits.ts'

export interface ReturnPathsNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  /** Of how many senders the address is kept; limits.keptSenders if not given. */
  readonly mostKept?: number
}

/** Stands for the domain of a sender that is kept in the database (RFC 2606: nobody's). */
const keptDomain = 'kept.invalid'
/** Octets of the name that such a sender gets. */
const nameOctets = 15
const markOctets = 10

export class ReturnPaths {
  readonly #database: Database
  readonly #clock: Clock
  readonly #sign: Sign
  readonly #mostKept: number
  /** Rows of such senders. */
  #kept: number

  static async open(needs: ReturnPathsNeeds): Promise<ReturnPaths> {
    const fresh = needs.random.bytes(32)
    const key = await needs.database.write(tx => keyOf(tx, fresh))
    const kept = await needs.database.read(tx => tx.get<[number]>(sql`SELECT COUNT(*) FROM long_sender`))
    return new ReturnPaths(needs, key, kept?.[0] ?? 0)
  }

  private constructor({ database, clock, mostKept }: ReturnPathsNeeds, key: Uint8Array, kept: number) {
    this.#mostKept = mostKept ?? limits.keptSenders
    this.#kept = kept
    this.#database = database
    this.#clock = clock
    this.#sign = signWith(key)
  }

  /** The address with a token of the message in it; as it is where there is no room for one. `domain` in lower case ASCII. */
  verp({ localPart, domain }: MailAddress, messageId: string): string {
    const signed = verpLocalPart(this.#now(), { localPart, domain, messageId })
    return printAddress({ localPart: signed ?? localPart, domain })
  }

  /** Undefined: it has no token. */
  readVerp(address: MailAddress): ReadVerp | undefined {
    return readVerp(this.#now(), address)
  }

  /** An address at `domain`, one of ours, that stands for a sender elsewhere. */
  async srs(sender: MailAddress, domain: string): Promise<string> {
    const { localPart, isTooLong } = srsLocalPart(this.#now(), sender)
    // Whoever has seen such a name could make it hold for longer by writing under it.
    if (!isTooLong && sender.domain !== keptDomain) return printAddress({ localPart, domain })
    const kept = { localPart: await this.#keep(sender), domain: keptDomain }
    return printAddress({ localPart: srsLocalPart(this.#now(), kept).localPart, domain })
  }

  /** Whom a return to an address of ours goes to. Undefined: nobody here has signed it, or it is too old. */
  async readSrs(localPart: string): Promise<MailAddress | undefined> {
    const read = readSrs(this.#now(), localPart)
    if (read?.domain !== keptDomain) return read
    const row = await this.#database.read(tx =>
      tx.get<[string]>(sql`SELECT address FROM long_sender WHERE name = ${read.localPart.toLowerCase()}`),
    )
    return row && parseAddress(row[0])
  }

  /** Stands for an address of ours in a message, and tells nobody which. */
  mark({ address, domain }: { readonly address: string; readonly domain: string }): string {
    const text = this.#sign(`mark ${address.toLowerCase()}`).subarray(0, markOctets)
    return printAddress({ localPart: `via-${toBase32(text)}`, domain })
  }

  /** Settles with the name that it has, durable. */
  async #keep(sender: MailAddress): Promise<string> {
    const address = printAddress(sender)
    const name = toBase32(this.#sign(`kept ${address}`).subarray(0, nameOctets))
    const now = this.#clock.now()
    // Strangers choose their addresses, and each of them a new one for each message: beyond a number the oldest go.
    const before = this.#kept >= this.#mostKept ? now : now - limits.keptSenderDays * dayMs
    this.#kept += await this.#database.write(async tx => {
      const known = await tx.run(sql`UPDATE long_sender SET kept_at = ${now} WHERE name = ${name}`)
      if (known > 0) return 0
      const gone = await tx.run(sql`DELETE FROM long_sender WHERE name IN (
        SELECT name FROM long_sender WHERE kept_at < ${before} ORDER BY kept_at LIMIT ${limits.purgedForEachKept})`)
      await tx.run(sql`INSERT INTO long_sender (name, address, kept_at) VALUES (${name}, ${address}, ${now})`)
      return 1 - gone
    })
    return name
  }

  #now() {
    return { sign: this.#sign, now: this.#clock.now() }
  }
}

const blockOctets = 64
/** Of the texts that nearly all are; longer ones take longer. */
const roomOctets = 512

/** HMAC-SHA-256 (RFC 2104) of texts. `key`: up to 64 octets. Each message that is sent is signed: what depends on the key alone is made once. */
function signWith(key: Uint8Array): Sign {
  const padded = (octet: number) => Buffer.alloc(blockOctets + roomOctets).fill(octet, 0, blockOctets)
  const [inner, outer] = [padded(0x36), padded(0x5c)]
  for (const [at, octet] of key.entries()) for (const pad of [inner, outer]) pad[at] = (pad[at] ?? 0) ^ octet
  const digest = (pad: Buffer, text: string, encoding: 'utf8' | 'latin1') => {
    const fits = text.length * 3 <= roomOctets
    const octets = fits ? pad : Buffer.concat([pad.subarray(0, blockOctets), Buffer.from(text, encoding)])
    const length = fits ? blockOctets + pad.write(text, blockOctets, encoding) : octets.length
    return hash('sha256', octets.subarray(0, length), 'latin1')
  }
  return text => Buffer.from(digest(outer, digest(inner, text, 'utf8'), 'latin1'), 'latin1')
}

/** The installation's; `fresh` if there is none yet. */
async function keyOf(tx: Tx, fresh: Uint8Array): Promise<Uint8Array> {
  const row = await tx.get<[string]>(sql`SELECT key FROM return_path_key`)
  if (row !== undefined) return Buffer.from(row[0], 'base64')
  await tx.run(sql`INSERT INTO return_path_key (key) VALUES (${Buffer.from(fresh).toString('base64')})`)
  return fresh
}

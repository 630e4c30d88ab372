// What the clients know: which messages were acknowledged, which were cut off before an answer, which UID each was seen under.

import assert from 'node:assert/strict'

export interface Seen {
  readonly uid: number
  /** The subject: one word, unique for every message ever tried. */
  readonly token: string
}

export class Ledger {
  readonly #acknowledged = new Set<string>()
  readonly #uncertain = new Set<string>()
  /** Asked to be expunged: gone once OK was read, either way until then. */
  readonly #removing = new Set<string>()
  readonly #removed = new Set<string>()
  readonly #uidOf = new Map<string, number>()
  readonly #tokenOf = new Map<number, string>()
  #next = 0

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  get uncertain(): number {
    return this.#uncertain.size
  }

  get removed(): number {
    return this.#removed.size
  }

  /** A new message about to be sent: from here on its fate is uncertain. */
  begin(): string {
    this.#next += 1
    const token = `token-${this.#next}`
    this.#uncertain.add(token)
    return token
  }

  /** It was answered 250 or OK. */
  acknowledge(token: string): void {
    this.#uncertain.delete(token)
    this.#acknowledged.add(token)
  }

  /** The UID that APPENDUID told. */
  placed(token: string, uid: number): void {
    this.#place({ token, uid }, 'APPENDUID')
  }

  beginRemoval({ token, uid }: Seen): void {
    this.#place({ token, uid }, 'before an EXPUNGE')
    this.#removing.add(token)
  }

  removalAcknowledged(token: string): void {
    this.#removing.delete(token)
    this.#removed.add(token)
  }

  /** Holds the mailbox, as read after a crash, against all that the clients know. */
  verify(mailbox: readonly Seen[], when: string): void {
    const tokens = new Set<string>()
    for (const seen of mailbox) {
      assert.ok(!tokens.has(seen.token), `${when}: ${seen.token} is there twice`)
      tokens.add(seen.token)
      assert.ok(!this.#removed.has(seen.token), `${when}: ${seen.token} came back after its EXPUNGE`)
      assert.ok(
        this.#acknowledged.has(seen.token) || this.#uncertain.has(seen.token),
        `${when}: ${seen.token} was never sent`,
      )
      this.#place(seen, when)
    }
    for (const token of this.#acknowledged) {
      if (this.#removed.has(token) || this.#removing.has(token)) continue
      assert.ok(tokens.has(token), `${when}: ${token} was acknowledged and is gone`)
    }
    for (const token of this.#removing) {
      if (!tokens.has(token)) this.#removed.add(token)
    }
    this.#removing.clear()
  }

  #place({ uid, token }: Seen, when: string): void {
    const known = this.#uidOf.get(token)
    assert.ok(known === undefined || known === uid, `${when}: ${token} had UID ${known} and has ${uid}`)
    const owner = this.#tokenOf.get(uid)
    assert.ok(owner === undefined || owner === token, `${when}: UID ${uid} was ${owner}'s and is ${token}'s`)
    this.#uidOf.set(token, uid)
    this.#tokenOf.set(uid, token)
  }
}

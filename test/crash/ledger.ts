// What the clients know of one mailbox: which messages were acknowledged, which are held until their time, which were cut off before an answer,
// which UID each was seen under.

import assert from 'node:assert/strict'

export interface Seen {
  readonly uid: number
  /** The subject: one word, unique for every message ever tried. */
  readonly token: string
}

export class Ledger {
  readonly #name: string
  readonly #acknowledged = new Set<string>()
  /** Taken to be delivered later, and not seen yet. */
  readonly #held = new Set<string>()
  readonly #heldOver = new Set<string>()
  readonly #uncertain = new Set<string>()
  /** Asked to be expunged: gone once OK was read, either way until then. */
  readonly #removing = new Set<string>()
  readonly #removed = new Set<string>()
  readonly #uidOf = new Map<string, number>()
  readonly #tokenOf = new Map<number, string>()
  #next = 0

  /** @param name begins the tokens of messages that were begun here */
  constructor(name: string) {
    this.#name = name
  }

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  get held(): number {
    return this.#held.size
  }

  /** How many were held when the server was killed, and not delivered by then. */
  get heldOver(): number {
    return this.#heldOver.size
  }

  get uncertain(): number {
    return this.#uncertain.size
  }

  get removed(): number {
    return this.#removed.size
  }

  /** A new message about to be sent: from here on its fate is uncertain. One to several mailboxes has the token that the first gave. */
  begin(token = `${this.#name}-${++this.#next}`): string {
    this.#uncertain.add(token)
    return token
  }

  /** It was answered 250 or OK. */
  acknowledge(token: string): void {
    this.#uncertain.delete(token)
    this.#acknowledged.add(token)
  }

  /** It was answered 250, and is to come later. */
  hold(token: string): void {
    this.#uncertain.delete(token)
    this.#held.add(token)
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

  /** Holds the mailbox, as read after a crash, against all that the clients know. What is held may be there or not: at the end nothing is held any more. */
  verify(mailbox: readonly Seen[], when: string): void {
    const tokens = new Set<string>()
    for (const seen of mailbox) {
      assert.ok(!tokens.has(seen.token), `${when}: ${seen.token} is there twice`)
      tokens.add(seen.token)
      if (this.#held.delete(seen.token)) this.#acknowledged.add(seen.token)
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
    for (const token of this.#held) this.#heldOver.add(token)
  }

  /** Everything is delivered that was held. */
  verifyReleased(mailbox: readonly Seen[], when: string): void {
    this.verify(mailbox, when)
    assert.deepEqual([...this.#held], [], `${when}: held, acknowledged, and never delivered`)
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

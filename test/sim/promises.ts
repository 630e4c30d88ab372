// What a simulated run promised, held against what became of it: every recipient has the message, or its sender was told; nobody has it twice but
// where the end of a life or a lost answer stood between the peer's 250 and our record of it.

import type { BadPeer, TakenMessage } from '../support/bad-peer.ts'

export interface Sent {
  readonly token: string
  readonly recipients: readonly string[]
  /** NOTIFY=NEVER: nobody is told of what fails. */
  readonly isSilent: boolean
  /** 250 was read. What was cut off before may have been taken or not. */
  acknowledged: boolean
}

/** What was taken so shortly before an end may not be on record yet. In the simulation a record takes no time. */
const recordMs = 100

export class Promises {
  readonly #peers: readonly BadPeer[]
  readonly sent: Sent[] = []
  /** When each life ended, and how many connections each peer had had by then. */
  readonly #ends: { readonly at: number; readonly connections: readonly number[] }[] = []

  constructor(peers: readonly BadPeer[]) {
    this.#peers = peers
  }

  /** A life has ended, just now. */
  died(at: number): void {
    this.#ends.push({ at, connections: this.#peers.map(({ connections }) => connections) })
  }

  /** @param texts of the sender's mailbox @returns what is broken, in words: nothing, it is to be hoped */
  broken(texts: readonly string[]): readonly string[] {
    const copies = this.#copies()
    const failures = countedFailures(texts)
    const broken: string[] = []
    const known = new Set(this.sent.flatMap(({ token, recipients }) => recipients.map(one => `${token} ${one}`)))
    for (const key of copies.keys()) if (!known.has(key)) broken.push(`${key} was never sent`)
    for (const { token, recipients, acknowledged, isSilent } of this.sent)
      for (const recipient of recipients) {
        const key = `${token} ${recipient}`
        if (recipient.endsWith('@example.test')) continue
        const { taken = 0, mayCome = 0 } = copies.get(key) ?? {}
        const failed = failures.get(key) ?? 0
        if (taken > 1 + mayCome)
          broken.push(`${key} came ${taken} times, and ${mayCome} of its 250s may have been lost`)
        if (acknowledged && taken === 0 && failed === 0 && !isSilent) broken.push(`${key} is lost`)
        if (failed > 1) broken.push(`${key}: its sender was told ${failed} times`)
        if (failed > 0 && isSilent) broken.push(`${key}: its sender wanted to be told nothing`)
        if (failed > 0 && taken > mayCome) broken.push(`${key} was taken, and its sender was told that it failed`)
      }
    return broken
  }

  /** Copies that peers took, and those of them that came more than once. */
  counted(): { readonly taken: number; readonly twice: number } {
    let [taken, twice] = [0, 0]
    for (const copy of this.#copies().values()) {
      taken += copy.taken
      twice += copy.taken - 1
    }
    return { taken, twice }
  }

  /** By token and recipient: how often it was taken, and after how many of these one more may come. */
  #copies(): ReadonlyMap<string, { taken: number; mayCome: number }> {
    const copies = new Map<string, { taken: number; mayCome: number }>()
    for (const [number, peer] of this.#peers.entries())
      for (const message of peer.taken) {
        const token = /^Subject: (\S+)\r$/m.exec(message.text)?.[1] ?? ''
        const may = this.#mayComeAgain(number, message)
        for (const recipient of message.to) {
          const key = `${token} ${/^<([^>]*)>/.exec(recipient)?.[1] ?? recipient}`
          const copy = copies.get(key) ?? { taken: 0, mayCome: 0 }
          copies.set(key, { taken: copy.taken + 1, mayCome: copy.mayCome + (may ? 1 : 0) })
        }
      }
    return copies
  }

  #mayComeAgain(peer: number, { at, connection, acknowledged }: TakenMessage): boolean {
    const end = this.#ends.find(({ connections }) => (connections[peer] ?? 0) > connection)
    return !acknowledged || (end !== undefined && at >= end.at - recordMs)
  }
}

/** By token and recipient: how many reports say that it failed. */
function countedFailures(texts: readonly string[]): ReadonlyMap<string, number> {
  const failures = new Map<string, number>()
  for (const text of texts) {
    if (!/^Content-Type: multipart\/report/im.test(text)) continue
    const token = /^Subject: (t\d+)\r$/m.exec(text)?.[1] ?? ''
    for (const [, recipient = ''] of text.matchAll(/^Final-Recipient: rfc822; ?(\S+)\r\nAction: failed\r$/gim)) {
      const key = `${token} ${recipient}`
      failures.set(key, (failures.get(key) ?? 0) + 1)
    }
  }
  return failures
}

// Makes an account's index, batch by batch: each becomes a segment, and the account's position moves on in the same transaction, so that
// a crash loses nothing and nothing is indexed twice.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import type { MessageBytes } from '#store/store.ts'
import { limits } from './limits.ts'
import { mergeSegments } from './merge.ts'
import { type MessageTexts, messageTexts, noTexts } from './message-texts.ts'
import {
  beginIndex,
  goneOf,
  insertSegment,
  movePosition,
  noteGoneOf,
  positionOf,
  segmentSizes,
  takeSegmentId,
  unnamedSegments,
  type Waiting,
  waitingAfter,
} from './rows.ts'
import { SegmentBuilder } from './segment.ts'
import { nextMerge } from './upkeep.ts'
import { RowWriter, removeRows, writeRows } from './write.ts'

export interface IndexerNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Of what the words are made: those of another version are made anew. */
  readonly version: string
  readonly message: (accountId: number, messageId: number) => Promise<MessageBytes | undefined>
  readonly messagesInline: (
    accountId: number,
    messageIds: readonly number[],
  ) => Promise<readonly (Uint8Array | undefined)[]>
}

export interface StepOptions {
  /** Index what waits even if it is little. */
  readonly all: boolean
  readonly breathe: () => Promise<void>
}

export class Indexer {
  readonly #needs: IndexerNeeds
  /** Accounts whose leftovers of a crash are removed. */
  readonly #tidied = new Set<number>()

  constructor(needs: IndexerNeeds) {
    this.#needs = needs
  }

  /** Empties the account's index. False: there is no such account. */
  async begin(accountId: number): Promise<boolean> {
    const { database, version } = this.#needs
    const begun = await database.write(tx => beginIndex(tx, accountId, version))
    await this.#removeUnnamed(accountId)
    return begun
  }

  /** Indexes one batch. False: there is nothing to do, or too little. */
  async step(accountId: number, options: StepOptions): Promise<boolean> {
    const { database, version } = this.#needs
    const position = await database.read(tx => positionOf(tx, accountId))
    if (position?.version !== version) {
      const waiting = await database.read(tx => waitingAfter(tx, accountId, 0, limits.batchMessages))
      if (position === undefined && !isEnough(waiting, options.all)) return false
      if (!(await this.begin(accountId))) return false
    } else if (!this.#tidied.has(accountId)) await this.#removeUnnamed(accountId)
    const from = position?.version === version ? position.indexedTo : 0
    const batch = await this.#batchAfter(accountId, from, options.all)
    if (batch.length === 0) return false
    return await this.#index(accountId, from, batch, options.breathe)
  }

  /** Merges segments, and takes out what is gone. */
  async keepUp(accountId: number, breathe: () => Promise<void>): Promise<void> {
    const { database, clock } = this.#needs
    for (;;) {
      const { segments, gone } = await database.read(async tx => ({
        segments: await segmentSizes(tx, accountId),
        gone: await goneOf(tx, accountId, limits.goneAtOnce),
      }))
      const next = nextMerge(segments, gone, clock.now())
      if (next === undefined) return
      const segmentId = await database.write(tx => takeSegmentId(tx, accountId))
      if (segmentId === undefined) return
      const goneIds = new Set(gone.map(({ messageId }) => messageId))
      await mergeSegments({ database, accountId, segmentId, gone: goneIds, breathe }, next)
    }
  }

  async #removeUnnamed(accountId: number): Promise<void> {
    const { database } = this.#needs
    const unnamed = await database.read(tx => unnamedSegments(tx, accountId))
    await removeRows(database, accountId, unnamed)
    if (this.#tidied.size >= limits.countedAccounts) this.#tidied.clear()
    this.#tidied.add(accountId)
  }

  async #batchAfter(accountId: number, from: number, all: boolean): Promise<readonly Waiting[]> {
    const waiting = await this.#needs.database.read(tx => waitingAfter(tx, accountId, from, limits.batchMessages))
    if (!isEnough(waiting, all)) return []
    let bytes = 0
    const over = waiting.findIndex(({ sizeBytes }) => {
      bytes += Math.min(sizeBytes, limits.bodyBytes)
      return bytes > limits.batchBytes
    })
    return over < 0 ? waiting : waiting.slice(0, Math.max(1, over))
  }

  /** False when somebody else indexed the account meanwhile, or it is gone. */
  async #index(
    accountId: number,
    from: number,
    batch: readonly Waiting[],
    breathe: () => Promise<void>,
  ): Promise<boolean> {
    const { database, clock } = this.#needs
    const builder = new SegmentBuilder()
    for (const slice of slicesOf(batch)) await this.#addTo(builder, accountId, slice, breathe)
    const segmentId = await database.write(tx => takeSegmentId(tx, accountId))
    if (segmentId === undefined) return false
    const writer = new RowWriter(database)
    await writeRows(writer, { accountId, segmentId, breathe }, builder.rows())
    await writer.end()
    const lastId = batch.at(-1)?.messageId ?? from
    const segment = { segmentId, afterId: from, lastId, ids: Float64Array.from(builder.ids), unread: builder.unread }
    const isDone = await database.write(async tx => {
      if (!(await movePosition(tx, accountId, from, lastId))) return false
      await insertSegment(tx, accountId, segment)
      await noteGoneOf(tx, accountId, segment, clock.now())
      return true
    })
    if (!isDone) await removeRows(database, accountId, [segmentId])
    return isDone
  }

  async #addTo(
    builder: SegmentBuilder,
    accountId: number,
    messageIds: readonly number[],
    breathe: () => Promise<void>,
  ): Promise<void> {
    const inline = await this.#needs.messagesInline(accountId, messageIds)
    for (const [index, messageId] of messageIds.entries()) {
      builder.add(messageId, await this.#textsOf(accountId, messageId, inline[index], breathe))
      await breathe()
    }
  }

  async #textsOf(
    accountId: number,
    messageId: number,
    inline: Uint8Array | undefined,
    breathe: () => Promise<void>,
  ): Promise<MessageTexts> {
    const message = inline ?? (await this.#needs.message(accountId, messageId))
    return message === undefined ? noTexts : await messageTexts(message, breathe)
  }
}

function isEnough(waiting: readonly Waiting[], all: boolean): boolean {
  if (all || waiting.length >= limits.waitingMessages) return true
  return waiting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) >= limits.waitingBytes
}

/** Ids of messages to read at once. */
function* slicesOf(batch: readonly Waiting[]): Iterable<readonly number[]> {
  let slice: number[] = []
  let bytes = 0
  for (const { messageId, sizeBytes } of batch) {
    if (slice.length > 0 && bytes + sizeBytes > limits.readBytes) {
      yield slice
      slice = []
      bytes = 0
    }
    slice.push(messageId)
    bytes += sizeBytes
  }
  if (slice.length > 0) yield slice
}

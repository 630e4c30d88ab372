// What devices read which accounts: noted in memory, written in the background. A device that was not known is written within a minute or so, one that is
// known once an hour, all of them at the end: so no session ever waits, and a login writes nothing but once an hour.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { addDevice, type Device, dropOldest } from './device-row.ts'
import { limits } from './limits.ts'
import type { OpenSession, SessionKeeper } from './open-session.ts'
import type { Protocol } from './retrieval.ts'

export interface DevicesNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Called in the background, once a write is durable. Never rejects. */
  readonly onWritten: (accountIds: ReadonlySet<number>) => Promise<void>
}

interface Note {
  readonly accountId: number
  device: Device
  /** There is something to write. */
  isNew: boolean
  /** When it was last written (monotonic); undefined: not by this process, as far as it remembers. */
  writtenMs: number | undefined
}

export class Devices implements SessionKeeper, AsyncDisposable {
  readonly #needs: DevicesNeeds
  readonly #sessions = new Map<number, Set<OpenSession>>()
  readonly #news = new Set<OpenSession>()
  readonly #forgotten = new WeakSet<OpenSession>()
  /** By account, then by what tells its devices apart. */
  readonly #notes = new Map<number, Map<string, Note>>()
  #noteCount = 0
  #timer: Disposable | undefined
  #writing: Promise<void> = Promise.resolve()
  #sweptMs = 0
  #isClosed = false

  constructor(needs: DevicesNeeds) {
    this.#needs = needs
  }

  began(session: OpenSession): void {
    const open = this.#sessions.get(session.accountId) ?? new Set()
    this.#sessions.set(session.accountId, open.add(session))
    this.hasNews(session)
  }

  hasNews(session: OpenSession): void {
    this.#news.add(session)
    this.#arm()
  }

  ended(session: OpenSession): void {
    this.#close(session)
    this.#note(session)
    this.#arm()
  }

  /** It was not let in: nothing is noted of it. */
  refused(session: OpenSession): void {
    this.#close(session)
    this.#news.delete(session)
    this.#forgotten.add(session)
  }

  #close(session: OpenSession): void {
    const open = this.#sessions.get(session.accountId)
    open?.delete(session)
    if (open?.size === 0) this.#sessions.delete(session.accountId)
  }

  /** Its open sessions. */
  sessionsOf(accountId: number): readonly OpenSession[] {
    return [...(this.#sessions.get(accountId) ?? [])]
  }

  /** Whether the protocol is used now, or was so lately that it may not be written down. */
  isUsed(accountId: number, protocol: Protocol): boolean {
    if (this.sessionsOf(accountId).some(session => session.protocol === protocol)) return true
    const notes = this.#notes.get(accountId)
    return notes !== undefined && [...notes.values()].some(({ device }) => device.protocol === protocol)
  }

  /** Writes what there is to write; of one account, or of all. Settles when that is durable. */
  async write(accountId?: number): Promise<void> {
    await this.#write(note => accountId === undefined || note.accountId === accountId)
  }

  /** Nothing of the account is written any more. */
  forget(accountId: number): void {
    for (const session of this.sessionsOf(accountId)) {
      this.#news.delete(session)
      this.#forgotten.add(session)
    }
    this.#noteCount -= this.#notes.get(accountId)?.size ?? 0
    this.#notes.delete(accountId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#timer?.[Symbol.dispose]()
    for (const sessions of this.#sessions.values()) for (const session of sessions) this.#news.add(session)
    // A full disk must not keep the server from ending.
    await this.write().catch(error => this.#complain(error))
  }

  #arm(): void {
    if (this.#isClosed || this.#timer !== undefined) return
    this.#timer = this.#needs.clock.after(limits.gatherMs, () => {
      this.#timer = undefined
      this.#sweep()
      const nowMs = this.#needs.clock.monotonicMs()
      this.#write(note => note.writtenMs === undefined || nowMs - note.writtenMs >= limits.writeEveryMs)
        .catch(error => this.#complain(error))
        .finally(() => this.#tidy())
    })
  }

  /** Sessions that last are noted now and then: a crash must not leave them as old as their login. */
  #sweep(): void {
    const nowMs = this.#needs.clock.monotonicMs()
    if (nowMs - this.#sweptMs < limits.writeEveryMs) return
    this.#sweptMs = nowMs
    for (const sessions of this.#sessions.values())
      for (const session of sessions) if (nowMs - session.notedMs >= limits.lastingMs) this.#news.add(session)
  }

  /** Forgets what was written long ago; comes again while there is something to write, or to watch. */
  #tidy(): void {
    const nowMs = this.#needs.clock.monotonicMs()
    for (const [accountId, notes] of this.#notes) {
      for (const [key, { isNew, writtenMs }] of notes) {
        if (isNew || writtenMs === undefined || nowMs - writtenMs < limits.writeEveryMs) continue
        notes.delete(key)
        this.#noteCount -= 1
      }
      if (notes.size === 0) this.#notes.delete(accountId)
    }
    if (this.#notes.size > 0 || this.#sessions.size > 0) this.#arm()
  }

  #note(session: OpenSession): void {
    const { clock } = this.#needs
    const { accountId, protocol, client, network, address, startedAt } = session
    const now = clock.now()
    const counts = session.takeCounts()
    const key = `${protocol} ${network} ${client}`
    const known = this.#notes.get(accountId)?.get(key)
    session.notedMs = clock.monotonicMs()
    this.#news.delete(session)
    if (this.#forgotten.has(session)) return
    if (known === undefined) {
      const device = { protocol, client, network, firstAt: startedAt, lastAt: now, lastAddress: address, ...counts }
      this.#add(key, { accountId, device, isNew: true, writtenMs: undefined })
      return
    }
    known.device = { ...summed(known.device, counts), lastAt: now, lastAddress: address }
    known.isNew = true
  }

  #add(key: string, note: Note): void {
    // A disk that has been full for long: what devices did is not worth the memory.
    if (this.#noteCount >= 2 * limits.notes) return
    const notes = this.#notes.get(note.accountId) ?? new Map()
    this.#notes.set(note.accountId, notes.set(key, note))
    this.#noteCount += 1
    if (this.#noteCount === limits.notes) this.write().catch(error => this.#complain(error))
  }

  async #write(isDue: (note: Note) => boolean): Promise<void> {
    for (const session of [...this.#news]) this.#note(session)
    const due = this.#dueOf(isDue)
    for (let at = 0; at < due.length; at += limits.rowsPerWrite) {
      const some = due.slice(at, at + limits.rowsPerWrite)
      this.#writing = this.#writing.catch(() => {}).then(() => this.#writeSome(some))
    }
    await this.#writing
  }

  #dueOf(isDue: (note: Note) => boolean): readonly Note[] {
    const due: Note[] = []
    for (const notes of this.#notes.values())
      for (const note of notes.values()) if (note.isNew && isDue(note)) due.push(note)
    return due
  }

  async #writeSome(notes: readonly Note[]): Promise<void> {
    const { database, clock, onWritten } = this.#needs
    // Those that an earlier write took along meanwhile, and those of accounts that are gone.
    const written = notes.filter(note => note.isNew && this.#notes.has(note.accountId))
    if (written.length === 0) return
    const rows = written.map(({ accountId, device, writtenMs }) => ({
      accountId,
      device,
      isKnown: writtenMs !== undefined,
    }))
    for (const note of written) {
      note.device = { ...note.device, taken: 0, removed: 0, hidden: 0 }
      note.isNew = false
    }
    try {
      await database.write(async tx => {
        for (const { accountId, device, isKnown } of rows) {
          await addDevice(tx, accountId, device)
          if (!isKnown) await dropOldest(tx, accountId, device.protocol)
        }
      })
    } catch (error) {
      for (const [index, note] of written.entries()) {
        note.device = summed(note.device, rows[index]?.device ?? note.device)
        note.isNew = true
      }
      throw error
    }
    for (const note of written) note.writtenMs = clock.monotonicMs()
    await onWritten(new Set(written.map(({ accountId }) => accountId)))
  }

  #complain(error: unknown): void {
    this.#needs.log.warn('retrieval.not-written', { reason: String(error) })
  }
}

function summed(device: Device, more: Pick<Device, 'taken' | 'removed' | 'hidden'>): Device {
  return {
    ...device,
    taken: device.taken + more.taken,
    removed: device.removed + more.removed,
    hidden: device.hidden + more.hidden,
  }
}

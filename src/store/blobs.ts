// Where the bytes of messages lie: small ones in the database, large ones as files in folder/blobs.
// A file is named twice while its fate is open: in spool/ and in blobs/, by its blob's id. After a crash a name left in spool/ tells which blobs to look at.

import { isAscii } from 'node:buffer'
import { copyFile, link, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { clockId } from './account-row.ts'
import type { NewBlob } from './blob-row.ts'
import { inDiskWords } from './disk.ts'
import type { SpooledMessage } from './spool.ts'
import { FileMessage, KeptMessage, MemoryMessage } from './spooled.ts'

export interface BlobsOptions {
  readonly folder: string
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
}

export class Blobs {
  readonly spoolFolder: string
  readonly #folder: string
  readonly #blobsFolder: string
  readonly #database: Database
  readonly #clock: Clock
  // Where in each millisecond's 4096 ids this process starts: two processes on one database hardly ever meet.
  readonly #lane: number
  #lastId = 0

  constructor(options: BlobsOptions) {
    this.spoolFolder = join(options.folder, 'spool')
    this.#folder = options.folder
    this.#blobsFolder = join(options.folder, 'blobs')
    this.#database = options.database
    this.#clock = options.clock
    this.#lane = Buffer.from(options.random.bytes(2)).readUInt16BE() % 4096
  }

  /** Rising, and never one that is in use: from the clock, starting above what the database holds. */
  nextId(): number {
    this.#lastId = Math.max(this.#lastId + 1, clockId(this.#clock.now()) + this.#lane)
    return this.#lastId
  }

  path(blobId: number): string {
    return blobPath(this.#folder, blobId)
  }

  /** Makes the folders, and cleans up what a crash left. */
  async start(): Promise<void> {
    await mkdir(this.spoolFolder, { recursive: true })
    await mkdir(this.#blobsFolder, { recursive: true })
    await this.#startIds()
    for (const name of await readdir(this.spoolFolder)) await this.#settle(name)
    await this.removeGone()
  }

  async #startIds(): Promise<void> {
    const rows = await this.#database.read(tx =>
      tx.all<[number | null]>(sql`SELECT MAX(blob_id) FROM blob UNION ALL SELECT MAX(blob_id) FROM blob_gone`),
    )
    this.#lastId = Math.max(0, ...rows.map(([id]) => id ?? 0))
  }

  /** A name in the spool: its blob was committed, or never will be. */
  async #settle(name: string): Promise<void> {
    const blobId = Number(name)
    if (Number.isSafeInteger(blobId) && !(await this.#isKnown(blobId))) await rm(this.path(blobId), { force: true })
    await rm(join(this.spoolFolder, name), { force: true, recursive: true })
  }

  async #isKnown(blobId: number): Promise<boolean> {
    const row = await this.#database.read(tx => tx.get(sql`SELECT blob_id FROM blob WHERE blob_id = ${blobId}`))
    return row !== undefined
  }

  /** Readies a spooled message to be stored. A file is on the disk for good under its blob's name when this settles. */
  place(message: SpooledMessage): NewBlob | Promise<NewBlob> {
    const { sizeBytes } = message
    if (message instanceof KeptMessage) return placeKept(message)
    const blobId = this.nextId()
    if (message instanceof MemoryMessage) {
      const { bytes } = message
      return { place: 'table', blobId, sizeBytes, lacksEnd: lacksEnd(bytes), isAscii: isAscii(bytes), bytes }
    }
    if (!(message instanceof FileMessage)) throw new Error('a message that this spool did not make')
    return this.#placeFile(message, blobId)
  }

  async #placeFile(message: FileMessage, blobId: number): Promise<NewBlob> {
    const { path, sizeBytes, isAscii } = message
    try {
      await this.#link(path, blobId)
    } catch (error) {
      await this.#settle(String(blobId))
      throw inDiskWords(error)
    }
    return { place: 'file', blobId, sizeBytes, lacksEnd: lacksEnd(await lastOctets(message)), isAscii }
  }

  async #link(spooled: string, blobId: number): Promise<void> {
    const marker = join(this.spoolFolder, String(blobId))
    const shard = join(this.#blobsFolder, shardOf(blobId))
    if ((await mkdir(shard, { recursive: true })) !== undefined) await syncFolder(this.#blobsFolder)
    await linkOrCopy(spooled, marker)
    await linkOrCopy(marker, this.path(blobId))
    await syncFolder(shard)
  }

  /** The transaction that was to name the blob is over: whether it happened decides what becomes of the file. */
  async settle(blob: NewBlob): Promise<void> {
    if (blob.place === 'file') await this.#settle(String(blob.blobId))
  }

  /** Removes the files of blobs that are gone for good. */
  async removeGone(): Promise<void> {
    const gone = await this.#database.read(tx => tx.all<[number]>(sql`SELECT blob_id FROM blob_gone`))
    if (gone.length === 0) return
    for (const [blobId] of gone) await rm(this.path(blobId), { force: true })
    await this.#database.write(async tx => {
      for (const [blobId] of gone) await tx.run(sql`DELETE FROM blob_gone WHERE blob_id = ${blobId}`)
    })
  }
}

async function placeKept(message: KeptMessage): Promise<NewBlob> {
  const { blobId, sizeBytes, head } = message
  const wholeIsAscii = head.length === sizeBytes && isAscii(head)
  return { place: 'kept', blobId, sizeBytes, lacksEnd: lacksEnd(await lastOctets(message)), isAscii: wholeIsAscii }
}

/** Two, if there are so many; of a small message they are at hand. */
async function lastOctets(message: SpooledMessage): Promise<Uint8Array> {
  const { sizeBytes, head } = message
  return head.length === sizeBytes ? head : await message.read(Math.max(0, sizeBytes - 2), sizeBytes)
}

function lacksEnd(octets: Uint8Array): boolean {
  return octets.length > 0 && !(octets.at(-2) === 13 && octets.at(-1) === 10)
}

/** The file of a large blob, in the folder that openStore was given. */
export function blobPath(folder: string, blobId: number): string {
  return join(folder, 'blobs', shardOf(blobId), String(blobId))
}

/** Ids are time-ordered: their milliseconds spread evenly, their low bits are mostly 0. */
function shardOf(blobId: number): string {
  return (Math.floor(blobId / 4096) % 256).toString(16).padStart(2, '0')
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!isWithoutLinks(error)) throw error
    await copyFile(from, to)
    await syncFolder(to)
  }
}

// Some file systems (FAT, network shares) know no hard links.
function isWithoutLinks(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EPERM', 'ENOTSUP', 'ENOSYS'].includes(String(error.code))
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

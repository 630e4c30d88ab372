// The consistency check: everything that the store's rows and files promise each other, looked at in one snapshot. It changes nothing.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { blobPath } from './blobs.ts'
import { rowChecks } from './check-rows.ts'
import { sharedRowChecks } from './check-shared-rows.ts'
import { searchRowChecks } from './search/check-rows.ts'

export interface Finding {
  /** error: something is wrong or lost. warning: something is left over; it harms nobody. */
  readonly severity: 'error' | 'warning'
  /** Which rule is broken. */
  readonly what: string
  readonly accountId: number | undefined
  /** The numbers of the row, or the file. */
  readonly detail: string
}

interface FileBlob {
  readonly blobId: number
  readonly sizeBytes: number
}

/** Looks at a store that is running or not; yields nothing when all is well. `folder` as openStore's. */
export async function* checkStore(database: Database, folder: string): AsyncIterable<Finding> {
  for (const fault of await database.faults()) yield error('database-damaged', undefined, fault)
  // In this order, so that whatever the running server adds or removes meanwhile is not taken for a fault.
  const files = await blobFiles(folder)
  const inFlight = new Set(await namesIn(join(folder, 'spool')))
  const seen = await database.read(look)
  yield* seen.findings
  yield* missingFiles(database, folder, seen.blobs)
  yield* orphans(files, inFlight, seen)
}

function error(what: string, accountId: number | undefined, detail: string): Finding {
  return { severity: 'error', what, accountId, detail }
}

interface Seen {
  readonly findings: readonly Finding[]
  readonly blobs: readonly FileBlob[]
  /** Blobs whose files wait for their removal. */
  readonly gone: ReadonlySet<number>
}

async function look(tx: Tx): Promise<Seen> {
  const findings: Finding[] = []
  for (const { what, query } of [...rowChecks, ...sharedRowChecks, ...searchRowChecks]) {
    for (const [accountId, ...numbers] of await tx.all(query)) {
      findings.push(error(what, accountId === null ? undefined : Number(accountId), numbers.map(String).join(' ')))
    }
  }
  const blobs = await tx.all<[number, number]>(sql`SELECT blob_id, size_bytes FROM blob WHERE place = 'file'`)
  const gone = await tx.all<[number]>(sql`SELECT blob_id FROM blob_gone`)
  return {
    findings,
    blobs: blobs.map(([blobId, sizeBytes]) => ({ blobId, sizeBytes })),
    gone: new Set(gone.map(([blobId]) => blobId)),
  }
}

type Files = ReadonlyMap<number, string>

/** Every file under blobs/, by its blob's id. */
async function blobFiles(folder: string): Promise<Files> {
  const files = new Map<number, string>()
  const blobs = join(folder, 'blobs')
  for (const shard of await namesIn(blobs)) {
    for (const name of await namesIn(join(blobs, shard))) files.set(Number(name), join(blobs, shard, name))
  }
  return files
}

/** Blobs whose file is not there, or of another size. One that was removed meanwhile has no row any more. */
async function* missingFiles(database: Database, folder: string, blobs: readonly FileBlob[]): AsyncIterable<Finding> {
  for (const { blobId, sizeBytes } of blobs) {
    const path = blobPath(folder, blobId)
    const found = await sizeOf(path)
    if (found === sizeBytes) continue
    const still = await database.read(tx => tx.get(sql`SELECT blob_id FROM blob WHERE blob_id = ${blobId}`))
    if (still === undefined) continue
    if (found === undefined) yield error('blob-without-file', undefined, path)
    else yield error('blob-unlike-its-file', undefined, `${path} ${found} ${sizeBytes}`)
  }
}

async function* orphans(files: Files, inFlight: ReadonlySet<string>, seen: Seen): AsyncIterable<Finding> {
  const known = new Set(seen.blobs.map(({ blobId }) => blobId))
  for (const [blobId, path] of files) {
    if (known.has(blobId) || seen.gone.has(blobId) || inFlight.has(String(blobId))) continue
    if ((await sizeOf(path)) === undefined) continue
    yield { severity: 'warning', what: 'file-without-blob', accountId: undefined, detail: path }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(noSuchFile))?.size
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(noSuchFile)) ?? []
}

function noSuchFile(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

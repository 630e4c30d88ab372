// A file of another server, whose owner is not to be trusted: no link is followed, so that it cannot have us read somebody else's.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { limits } from './limits.ts'
import type { Reading } from './source.ts'

/** A file's text, a character for each octet; undefined if there is none. Throws where it may not be read, or is too long. */
export async function readList(path: string): Promise<string | undefined> {
  const handle = await openFile(path)
  if (handle === undefined) return undefined
  await using _handle = handle
  const { size } = await handle.stat()
  if (size > limits.listBytes) throw new Error(`${path} is larger than any such list`)
  return (await handle.readFile()).toString('latin1')
}

/** Undefined: there is none. */
export async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    return undefined
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ELOOP') || isCode(error, 'ENOTDIR') || isCode(error, 'ENXIO'))
      return undefined
    throw error
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** The message that is the whole of a file, with the file's date. */
export async function readMessageFile(path: string): Promise<Reading> {
  const handle = await openFile(path).catch((error: unknown) => String(error))
  if (handle === undefined) return { kind: 'gone' }
  if (typeof handle === 'string') return { kind: 'unread', why: handle }
  await using closing = new AsyncDisposableStack()
  closing.use(handle)
  const { size, mtimeMs } = await handle.stat()
  const internalDate = Math.round(mtimeMs)
  if (size === 0) return { kind: 'unread', why: 'it is empty' }
  const start = Buffer.alloc(8)
  const { bytesRead } = await handle.read(start, 0, start.length, 0)
  const form = formOf(start.subarray(0, bytesRead))
  if (form === 'unknown')
    return { kind: 'unread', why: 'it is encrypted, or compressed in a way that is not known here' }
  if (form === 'plain' && size <= limits.wholeFileBytes)
    return { kind: 'whole', octets: await handle.readFile(), internalDate }
  closing.move()
  return { kind: 'pieces', pieces: piecesOf(handle, form), internalDate }
}

type Form = 'plain' | 'gzip' | 'zstd' | 'unknown'

/** Dovecot writes messages in these forms, too, if it is told to; no message begins so. */
function formOf(start: Buffer): Form {
  const [hex, text] = [start.toString('hex'), start.toString('latin1')]
  if (hex.startsWith('1f8b')) return 'gzip'
  if (hex.startsWith('28b52ffd')) return 'zstd'
  const isOther =
    text.startsWith('BZh') ||
    hex.startsWith('fd377a585a00') ||
    text.startsWith('Dovecot-') ||
    text.startsWith('CRYPTED')
  return isOther ? 'unknown' : 'plain'
}

async function* piecesOf(handle: FileHandle, form: Exclude<Form, 'unknown'>): AsyncGenerator<Uint8Array> {
  await using _handle = handle
  const stream = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: limits.pieceBytes })
  if (form === 'plain') yield* stream
  else {
    const unfolding = form === 'gzip' ? createGunzip() : createZstdDecompress()
    stream.on('error', error => unfolding.destroy(error))
    yield* stream.pipe(unfolding)
  }
}

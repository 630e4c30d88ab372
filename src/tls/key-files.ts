// Key and certificate files: each is there whole or not at all, and a key is readable by its owner only.

import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The file's text; undefined if there is none. Anything else that fails rises. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces the file in one step, durably. @param mode as in 0o600 */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const unfinished = `${path}.new`
  await rm(unfinished, { force: true })
  await withHandle(await open(unfinished, 'wx', mode), async file => {
    await file.chmod(mode) // the umask may have taken bits
    await file.writeFile(text)
    await file.sync()
  })
  await rename(unfinished, path)
  await withHandle(await open(dirname(path), 'r'), folder => folder.sync())
}

async function withHandle(handle: FileHandle, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await use(handle)
  } finally {
    await handle.close()
  }
}

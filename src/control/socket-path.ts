// The path of a unix socket may have 107 bytes at most (sun_path; 103 on macOS). On Linux a longer one is reached through its folder, opened.

import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

const longestPathBytes = 103

export interface SocketPath extends AsyncDisposable {
  /** What to bind or connect to, as long as this is not disposed of. */
  readonly path: string
}

/** Throws if the folder isn't there. */
export async function openSocketPath(path: string): Promise<SocketPath> {
  if (Buffer.byteLength(path) <= longestPathBytes || process.platform !== 'linux') {
    return { path, [Symbol.asyncDispose]: async () => undefined }
  }
  const folder = await open(dirname(path))
  return {
    path: `/proc/self/fd/${folder.fd}/${basename(path)}`,
    [Symbol.asyncDispose]: async () => await folder.close(),
  }
}

// What a thread of ours needs of the environment beside what the process has: where the process takes its sources from, or it would strip and compile
// them itself, which costs 12 MB for each thread (bin/posthouse.js).

import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

export function threadEnvironment(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir()
  // Node makes a folder in it for each version of itself, and names that one.
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) }
}

// How many files and sockets this process may have open at once.

import { readFileSync } from 'node:fs'

/** undefined where the system doesn't tell. Node has raised the soft limit to the hard one at its start. */
export function descriptorLimit(): number | undefined {
  const found = /^Max open files\s+(\d+)/m.exec(textOf('/proc/self/limits'))
  return found === null ? undefined : Number(found[1])
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // no Linux
  }
}

// The mailboxes of a Maildir: itself is INBOX; those below it lie beside cur and new, as `.Sent.2024` (Maildir++: Dovecot, Courier) or as folders
// within folders (Dovecot's LAYOUT=fs).

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ParseError } from '#base/parse-error.ts'
import { inbox, nameIsAllowed, normalName } from '#store/names.ts'
import { decodeModifiedUtf7 } from '#text/modified-utf7.ts'
import { limits } from './limits.ts'
import { isCode } from './source-file.ts'

export interface MaildirFolder {
  readonly path: string
  /** As it is called here. */
  readonly name: string
}

export interface MaildirFolders {
  readonly folders: readonly MaildirFolder[]
  readonly complaints: readonly string[]
}

export async function foldersOf(root: string): Promise<MaildirFolders> {
  const folders: MaildirFolder[] = [{ path: root, name: inbox }]
  const complaints: string[] = []
  const add = (path: string, levels: readonly string[]) => {
    const name = normalName(levels.map(readable).join('/'))
    if (folders.length >= limits.mailboxes) return void complaints.push(`${path}: one mailbox too many`)
    if (folders.some(other => other.name === name))
      return void complaints.push(`${path}: there is another mailbox ${name} already`)
    folders.push({ path, name })
  }
  for (const { name, path } of await foldersIn(root, complaints)) {
    if (name.startsWith('.')) {
      if (await isMaildir(path)) add(path, levelsOf(name))
    } else await addTree(path, [name], add, complaints)
  }
  return { folders, complaints }
}

/** Courier's mailboxes are all below INBOX, which stands in no name; Dovecot's may be called so all the same. */
function levelsOf(name: string): readonly string[] {
  return name
    .slice(1)
    .split('.')
    .filter(level => level !== '')
}

async function addTree(
  path: string,
  levels: readonly string[],
  add: (path: string, levels: readonly string[]) => void,
  complaints: string[],
): Promise<void> {
  if (levels.length > limits.folderDepth) return
  if (await isMaildir(path)) add(path, levels)
  for (const { name, path: inner } of await foldersIn(path, complaints))
    if (!name.startsWith('.')) await addTree(inner, [...levels, name], add, complaints)
}

const ofMaildir = new Set(['cur', 'new', 'tmp'])

/** Links are passed over: their owner may have made them point anywhere. */
async function foldersIn(path: string, complaints: string[]): Promise<readonly { name: string; path: string }[]> {
  const found: { name: string; path: string }[] = []
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const { name } = entry
    if (ofMaildir.has(name)) continue
    if (entry.isDirectory()) found.push({ name, path: join(path, name) })
    else if (entry.isSymbolicLink()) complaints.push(`${join(path, name)}: a link is not followed`)
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

export async function isMaildir(path: string): Promise<boolean> {
  try {
    const names = await readdir(path)
    return names.includes('cur') && names.includes('new')
  } catch (error) {
    if (isCode(error, 'ENOTDIR') || isCode(error, 'ENOENT')) return false
    throw error
  }
}

/** Modified UTF-7 where it is that, else as it stands; what no mailbox's name holds here becomes `_`. */
export function readable(level: string): string {
  const name = decoded(level)
  if (nameIsAllowed(name)) return name
  const mended = name.replaceAll(/[\p{Cc}\u2028\u2029%*/]/gu, '_').replace(/^#/, '_')
  return nameIsAllowed(mended) ? mended : `_${mended}`
}

function decoded(level: string): string {
  if (!/^[\x20-\x7e]*$/.test(level)) return level
  try {
    return decodeModifiedUtf7(level)
  } catch (error) {
    if (error instanceof ParseError) return level
    throw error
  }
}

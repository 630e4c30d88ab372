// What stands at a path: a Maildir, an mbox file, or a folder of them.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openMaildir } from './maildir.ts'
import { isMaildir } from './maildir-folders.ts'
import { isMbox, openMbox } from './mbox.ts'
import { type Source, SourceError } from './source.ts'
import { isCode } from './source-file.ts'
import type { UidlChoice } from './uidl-choice.ts'

export interface SourceOptions {
  /** Undefined: what it looks like. */
  readonly format: 'maildir' | 'mbox' | undefined
  readonly uidls: UidlChoice
}

/** Throws SourceError where there is nothing to import. */
export async function openSource(path: string, { format, uidls }: SourceOptions): Promise<Source> {
  const found = await stat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR'))
      throw new SourceError(`there is no ${path}`, 'name another path')
    throw error
  })
  if (!found.isDirectory()) {
    if (format !== 'maildir' && (await isMbox(path))) return await openMbox(path, false, { uidls })
    throw new SourceError(`${path} is no mbox file: those begin with "From "`, 'name a Maildir or an mbox file')
  }
  if (format !== 'mbox') {
    if (await isMaildir(path)) return await openMaildir(path, { uidls })
    const below = join(path, 'Maildir')
    if (await isMaildir(below)) throw new SourceError(`${path} is no Maildir, but has one in it`, `name ${below}`)
    if (format === 'maildir')
      throw new SourceError(`${path} has no folders cur and new: it is no Maildir`, 'name another path')
  }
  const source = await openMbox(path, true, { uidls })
  if (source.mailboxes.length > 0) return source
  throw new SourceError(
    `${path} is no Maildir (it has no folders cur and new), and there is no mbox file in it`,
    'name a Maildir, an mbox file or a folder of them; sdbox and mdbox: doveadm backup makes a Maildir of them',
  )
}

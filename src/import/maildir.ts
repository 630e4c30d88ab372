// A Maildir and its mailboxes as a source. The letters of a mailbox stand in the order of their UIDs where a list tells them, those without behind
// them in the order of their names, which begin with the time at which they came.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inbox } from '#store/names.ts'
import { readDovecotKeywords } from './dovecot-keywords.ts'
import { readDovecotUidlist, type Uidlist } from './dovecot-uidlist.ts'
import { limits } from './limits.ts'
import { foldersOf, type MaildirFolder } from './maildir-folders.ts'
import { flagsOf, readMaildirName } from './maildir-name.ts'
import { type Letter, type Listed, type Reading, type Source, SourceError, type SourceMailbox } from './source.ts'
import { readList, readMessageFile } from './source-file.ts'
import { type UidlChoice, uidlsOf } from './uidl-choice.ts'

export interface MaildirOptions {
  readonly uidls: UidlChoice
}

/** Throws SourceError, or the system's error where something may not be read. */
export async function openMaildir(path: string, { uidls }: MaildirOptions): Promise<Source> {
  const { folders, complaints } = await foldersOf(path)
  return { mailboxes: folders.map(folder => mailboxOf(folder, uidls)), complaints }
}

/** POP3 shows INBOX alone: only there are unique-ids of use. */
function mailboxOf(folder: MaildirFolder, uidls: UidlChoice): SourceMailbox {
  const choice: UidlChoice = folder.name === inbox ? uidls : { kind: 'none' }
  return { name: folder.name, list: () => listFolder(folder, choice) }
}

interface MaildirFile {
  /** Under the mailbox's folder. */
  readonly path: string
  readonly base: string
  readonly letters: string
}

async function listFolder({ path }: MaildirFolder, choice: UidlChoice): Promise<Listed> {
  const list = await uidlistOf(path)
  const uidls = uidlsOf(choice, { dovecot: list, courier: await readList(join(path, 'courierpop3dsizelist')) })
  if (typeof uidls === 'string') throw new SourceError(uidls, 'see --uidl in posthouse mail import --help')
  const keywords = readDovecotKeywords((await readList(join(path, 'dovecot-keywords'))) ?? '')
  const files = inOrder([...(await filesIn(path)).values()], list)
  const later = new LaterNames(path)
  const letters = files.map(
    (file): Letter => ({
      name: file.base,
      ...flagsOf(file.letters, keywords),
      uidl: uidls?.of(file.base),
      read: () => readFile(later, file),
    }),
  )
  return { letters, uidlsFrom: uidls?.from }
}

async function uidlistOf(path: string): Promise<Uidlist | undefined> {
  for (const name of ['dovecot-uidlist', 'courierimapuiddb']) {
    const text = await readList(join(path, name))
    if (text === undefined) continue
    const list = readDovecotUidlist(text)
    if (list !== undefined) return list
    throw new SourceError(
      `${join(path, name)} is in a form that is not known here`,
      'mend it or move it away; without it POP3 programs download their mail again',
    )
  }
  return undefined
}

/** By base name. A file that is moved meanwhile may be seen twice. */
async function filesIn(path: string): Promise<ReadonlyMap<string, MaildirFile>> {
  const files = new Map<string, MaildirFile>()
  for (const folder of ['new', 'cur'])
    for (const name of await readdir(join(path, folder))) {
      if (name.startsWith('.') || files.size >= limits.messages) continue
      const { base, letters } = readMaildirName(name)
      files.set(base, { path: join(folder, name), base, letters })
    }
  return files
}

function inOrder(files: readonly MaildirFile[], list: Uidlist | undefined): readonly MaildirFile[] {
  const place = ({ base }: MaildirFile): number => list?.records.get(base)?.uid ?? Number.POSITIVE_INFINITY
  const time = ({ base }: MaildirFile): number => Number.parseInt(base, 10) || 0
  const before = (a: MaildirFile, b: MaildirFile): number => {
    const [first, second] = [place(a), place(b)]
    if (first !== second) return first < second ? -1 : 1
    return time(a) - time(b) || (a.base < b.base ? -1 : 1)
  }
  return [...files].sort(before)
}

/** A file whose flags changed since has another name. */
async function readFile(later: LaterNames, file: MaildirFile): Promise<Reading> {
  const reading = await readMessageFile(join(later.folder, file.path))
  if (reading.kind !== 'gone') return reading
  const now = await later.of(file.base)
  return now === undefined ? reading : await readMessageFile(join(later.folder, now.path))
}

/** The folder once more, looked through when the first file is missed. */
class LaterNames {
  readonly folder: string
  #files: Promise<ReadonlyMap<string, MaildirFile>> | undefined

  constructor(folder: string) {
    this.folder = folder
  }

  async of(base: string): Promise<MaildirFile | undefined> {
    this.#files ??= filesIn(this.folder)
    return (await this.#files).get(base)
  }
}

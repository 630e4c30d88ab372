// dovecot-uidlist: the UIDs that Dovecot has given to the files of a Maildir, in both of its versions. Version 1, `1 <uidvalidity> <nextuid>` and
// lines `<uid> <file>`, is Courier's courierimapuiddb too. Version 3 has fields, each a letter and its value: in its first line V (UIDVALIDITY) and
// P (the format of the unique-ids that POP3 gave); in the others P (the unique-id of this message; empty: the file's base name) and G (its GUID),
// then the file's name behind a colon.

import { readMaildirName } from './maildir-name.ts'

export interface UidlistRecord {
  readonly uid: number
  /** The unique-id that was written down for it. */
  readonly uidl: string | undefined
  readonly guid: string | undefined
}

export interface Uidlist {
  readonly uidValidity: number
  /** The format of the unique-ids, where the list tells it. */
  readonly uidlFormat: string | undefined
  /** By the base name of the file. There may be records of files that are gone. */
  readonly records: ReadonlyMap<string, UidlistRecord>
}

/** Undefined where it is none that we know. Lines that can't be read are left out. */
export function readDovecotUidlist(text: string): Uidlist | undefined {
  const lines = linesOf(text)
  const head = readHead(lines.next().value ?? '')
  if (head === undefined) return undefined
  const records = new Map<string, UidlistRecord>()
  for (const line of lines) {
    const record = head.version === 1 ? readFirst(line) : readThird(line)
    // A file that stands there twice has the higher UID.
    if (record !== undefined && (records.get(record.base)?.uid ?? 0) < record.uid) records.set(record.base, record)
  }
  return { uidValidity: head.uidValidity, uidlFormat: head.uidlFormat, records }
}

function* linesOf(text: string): Generator<string, undefined> {
  for (let at = 0; at < text.length; ) {
    const lineFeed = text.indexOf('\n', at)
    const end = lineFeed < 0 ? text.length : lineFeed
    yield text.slice(at, end)
    at = end + 1
  }
}

interface Head {
  readonly version: 1 | 3
  readonly uidValidity: number
  readonly uidlFormat: string | undefined
}

function readHead(line: string): Head | undefined {
  const [, first] = /^1 (\d{1,10}) \d{1,10}\b/.exec(line) ?? []
  if (first !== undefined) return { version: 1, uidValidity: Number(first), uidlFormat: undefined }
  if (!line.startsWith('3 ')) return undefined
  const fields = fieldsOf(line.slice(2))
  const uidValidity = Number(fields.get('V'))
  if (!(uidValidity > 0)) return undefined
  return { version: 3, uidValidity, uidlFormat: fields.get('P') || undefined }
}

type Named = UidlistRecord & { readonly base: string }

function readFirst(line: string): Named | undefined {
  const [, uid, file] = /^(\d{1,10}) (.+)$/.exec(line) ?? []
  if (uid === undefined || file === undefined) return undefined
  return { base: readMaildirName(file).base, uid: Number(uid), uidl: undefined, guid: undefined }
}

function readThird(line: string): Named | undefined {
  const [, uid, between, file] = /^(\d{1,10}) ((?:[^: ][^ ]* )*):(.+)$/.exec(line) ?? []
  if (uid === undefined || file === undefined) return undefined
  const { base } = readMaildirName(file)
  const fields = fieldsOf(between ?? '')
  const uidl = fields.get('P')
  return { base, uid: Number(uid), uidl: uidl === '' ? base : uidl, guid: fields.get('G') }
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const words = text.split(' ').filter(word => word !== '')
  return new Map(words.map(word => [word.slice(0, 1), word.slice(1)]))
}

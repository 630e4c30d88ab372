// mbox files as a source: one file is one mailbox; a folder of them, with folders between, is as many (Thunderbird's `.sbd` folders too).

import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inbox, normalName } from '#store/names.ts'
import { limits } from './limits.ts'
import { readable } from './maildir-folders.ts'
import { type MboxFields, readMboxFields } from './mbox-fields.ts'
import { type MboxPlace, MboxScanner } from './mbox-scanner.ts'
import { type Letter, type Listed, type Reading, type Source, SourceError, type SourceMailbox } from './source.ts'
import { openFile } from './source-file.ts'
import type { UidlChoice } from './uidl-choice.ts'
import { dovecotFormat, readUidlFormat, type UidlFormat } from './uidl-format.ts'
import { unquoted } from './unquoted.ts'

export interface MboxOptions {
  readonly uidls: UidlChoice
}

/** `isFolder`: of mbox files. */
export async function openMbox(path: string, isFolder: boolean, { uidls }: MboxOptions): Promise<Source> {
  if (!isFolder) return { mailboxes: [mailboxOf(path, inbox, uidls)], complaints: [] }
  const mailboxes: SourceMailbox[] = []
  await gather(path, [], (file, levels) => mailboxes.push(mailboxOf(file, normalName(levels.join('/')), uidls)))
  mailboxes.sort((a, b) => Number(b.name === inbox) - Number(a.name === inbox))
  return { mailboxes, complaints: [] }
}

async function gather(
  folder: string,
  levels: readonly string[],
  add: (file: string, levels: readonly string[]) => number,
): Promise<void> {
  if (levels.length > limits.folderDepth) return
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    const inner = [...levels, readable(entry.name.replace(/\.sbd$/, ''))]
    if (entry.isDirectory()) await gather(path, inner, add)
    else if (entry.isFile() && (await isMbox(path)) && add(path, inner) > limits.mailboxes) return
  }
}

/** Whether a file begins as an mbox does. */
export async function isMbox(path: string): Promise<boolean> {
  const handle = await openFile(path)
  if (handle === undefined) return false
  await using _handle = handle
  const start = Buffer.alloc(5)
  const { bytesRead } = await handle.read(start, 0, start.length, 0)
  return start.toString('latin1', 0, bytesRead) === 'From '
}

function mailboxOf(path: string, name: string, uidls: UidlChoice): SourceMailbox {
  const choice: UidlChoice = name === inbox ? uidls : { kind: 'none' }
  return { name, list: () => listFile(path, choice) }
}

async function listFile(path: string, choice: UidlChoice): Promise<Listed> {
  const uidls = new MboxUidls(choice)
  const counts = new Map<string, number>()
  const letters: Letter[] = []
  for await (const place of placesIn(path)) {
    const fields = readMboxFields(place.header)
    const uidl = uidls.of(fields)
    if (fields.isRemoved) continue
    const { start, bodyStart, end, arrivedAt } = place
    const digest = createHash('sha256')
      .update(`${end - bodyStart} ${fields.header}`, 'latin1')
      .digest('hex')
      .slice(0, 32)
    const count = (counts.get(digest) ?? 0) + 1
    counts.set(digest, count)
    const { flags, keywords } = fields
    letters.push({
      name: count === 1 ? digest : `${digest}-${count}`,
      ...{ flags, keywords, uidl },
      read: () => readLetter(path, { start, bodyStart, end, arrivedAt }),
    })
  }
  return { letters, uidlsFrom: uidls.from }
}

async function* placesIn(path: string): AsyncGenerator<MboxPlace> {
  const handle = await openFile(path)
  if (handle === undefined) throw new SourceError(`${path} is gone`, 'give the command again')
  await using _handle = handle
  const scanner = new MboxScanner()
  const piece = Buffer.alloc(limits.pieceBytes)
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, at)
    if (bytesRead === 0) break
    at += bytesRead
    scanner.push(piece.subarray(0, bytesRead))
    yield* scanner.take()
  }
  scanner.end()
  yield* scanner.take()
}

/** Dovecot keeps UIDs in the messages of an mbox, and makes its unique-ids of them. */
class MboxUidls {
  readonly #choice: UidlChoice
  readonly #format: UidlFormat | undefined
  #uidValidity: number | undefined

  constructor(choice: UidlChoice) {
    this.#choice = choice
    if (choice.kind === 'courier')
      throw new SourceError('Courier has no mbox', 'see --uidl in posthouse mail import --help')
    if (choice.kind === 'format') this.#format = choice.format
    if (choice.kind === 'auto' || choice.kind === 'dovecot') this.#format = readUidlFormat(dovecotFormat)
  }

  of({ uid, uidValidity, xUidl }: MboxFields): string | undefined {
    this.#uidValidity ??= uidValidity
    if (this.#choice.kind === 'x-uidl') return xUidl
    if (uid === undefined || this.#uidValidity === undefined) return undefined
    return this.#format?.({ uid, uidValidity: this.#uidValidity, base: '', guid: undefined })
  }

  get from(): string | undefined {
    if (this.#choice.kind === 'x-uidl') return 'X-UIDL fields'
    if (this.#format === undefined || this.#uidValidity === undefined) return undefined
    const text = this.#choice.kind === 'format' ? this.#choice.text : dovecotFormat
    return `X-UID fields, ${text}, UIDVALIDITY ${this.#uidValidity}`
  }
}

/** Its header is read once more: to keep those of all messages would take too much memory. */
async function readLetter(path: string, place: Omit<MboxPlace, 'header'>): Promise<Reading> {
  const handle = await openFile(path)
  if (handle === undefined) return { kind: 'gone' }
  const { start, bodyStart, end } = place
  const internalDate = place.arrivedAt ?? Math.round((await handle.stat()).mtimeMs)
  const stored = Buffer.alloc(bodyStart - start)
  await handle.read(stored, 0, stored.length, start)
  const { header } = readMboxFields(stored.toString('latin1'))
  const head = Buffer.from(header, 'latin1')
  const pieces = lettersOctets()
  if (end - bodyStart > limits.wholeFileBytes) return { kind: 'pieces', pieces, internalDate }
  return { kind: 'whole', octets: Buffer.concat(await Array.fromAsync(pieces)), internalDate }

  async function* lettersOctets(): AsyncGenerator<Uint8Array> {
    await using reading = handle
    yield head
    yield* unquoted(bodyOctets())

    async function* bodyOctets(): AsyncGenerator<Buffer> {
      for (let at = bodyStart; at < end; ) {
        const piece = Buffer.alloc(Math.min(limits.pieceBytes, end - at))
        const { bytesRead = 0 } = (await reading?.read(piece, 0, piece.length, at)) ?? {}
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`)
        at += bytesRead
        yield piece.subarray(0, bytesRead)
      }
    }
  }
}

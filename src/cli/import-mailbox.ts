// One mailbox of an import: which of its letters are new, read some at once, brought in portions. Whether a server runs or not it is the same way.

import type { Administration } from '#control/administration.ts'
import type { ImportMessage } from '#control/import-message.ts'
import { limits as importLimits } from '#import/limits.ts'
import { fromField, type Letter, type Reading, type SourceMailbox } from '#import/source.ts'
import { fieldsNamed, readHeader } from '#mail/header.ts'
import { limits } from './limits.ts'
import { valueFrom } from './outcome.ts'

export interface ImportedMailbox {
  readonly mailbox: string
  /** Imported, or to be imported. */
  readonly messages: number
  /** That an import brought before. */
  readonly before: number
  /** Those that have the unique-id that POP3 knows. */
  readonly uidls: number
  /** Where those are from; null: there are none. */
  readonly uidlsFrom: string | null
  /** One of them. */
  readonly uidl: string | null
  /** Those that could not be read. */
  readonly unread: number
}

export interface ImportTo {
  readonly administration: Administration
  readonly address: string
  readonly dryRun: boolean
  /** Progress and complaints. */
  readonly say: (line: string) => void
}

export async function importMailbox(mailbox: SourceMailbox, to: ImportTo): Promise<ImportedMailbox> {
  const { letters, uidlsFrom } = await mailbox.list()
  const known = await namesKnown(mailbox.name, to)
  const fresh = letters.filter(({ name }) => !known.has(name))
  const work = new MailboxImport(mailbox.name, fresh.length, to)
  for (let at = 0; at < fresh.length; at += importLimits.filesAtOnce) {
    await work.bring(fresh.slice(at, at + importLimits.filesAtOnce))
  }
  await work.end({ makes: known.size === 0 })
  return {
    mailbox: mailbox.name,
    ...work.counts,
    before: letters.length - fresh.length,
    uidlsFrom: uidlsFrom ?? null,
    uidl: letters.find((letter): letter is Letter & { uidl: string } => typeof letter.uidl === 'string')?.uidl ?? null,
  }
}

async function namesKnown(mailbox: string, { administration, address }: ImportTo): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (let after: string | undefined; ; ) {
    const request = after === undefined ? { address, mailbox } : { address, mailbox, after }
    const page = valueFrom(await administration.listImported(request))
    for (const name of page.items) names.add(name)
    after = page.next
    if (after === undefined) return names
  }
}

class MailboxImport {
  readonly #mailbox: string
  readonly #total: number
  readonly #to: ImportTo
  #waiting: ImportMessage[] = []
  #waitingBytes = 0
  /** The portion that is being stored while the next one is read. */
  #storing: Promise<void> = Promise.resolve()
  #seen = 0
  #messages = 0
  #uidls = 0
  #unread = 0
  #saidAt = performance.now()

  constructor(mailbox: string, total: number, to: ImportTo) {
    this.#mailbox = mailbox
    this.#total = total
    this.#to = to
  }

  get counts() {
    return { messages: this.#messages, uidls: this.#uidls, unread: this.#unread }
  }

  async bring(letters: readonly Letter[]): Promise<void> {
    const needsReading = !this.#to.dryRun || letters.some(({ uidl }) => uidl === fromField)
    if (!needsReading) return this.#count(letters)
    const readings = await Promise.all(letters.map(letter => letter.read()))
    for (const [index, reading] of readings.entries()) {
      const letter = letters[index]
      if (letter !== undefined) await this.#take(letter, reading)
    }
    this.#seen += letters.length
    this.#tell()
  }

  /** Stores what waits. `makes`: an empty mailbox is made too; it is not if an import made it before, and its owner deleted it since. */
  async end({ makes }: { readonly makes: boolean }): Promise<void> {
    await this.#storing
    if (!this.#to.dryRun && (this.#waiting.length > 0 || (makes && this.#messages === 0))) await this.#store()
  }

  #count(letters: readonly Letter[]): void {
    this.#messages += letters.length
    this.#uidls += letters.filter(({ uidl }) => uidl !== undefined).length
  }

  async #take(letter: Letter, reading: Reading): Promise<void> {
    const { name, flags, keywords } = letter
    if (reading.kind === 'gone') return this.#complain(`${name}: it went away meanwhile; give the command again`)
    if (reading.kind === 'unread') return this.#complain(`${name}: ${reading.why}`)
    const content = reading.kind === 'whole' ? wholeOf(reading.octets) : await this.#upload(name, reading.pieces)
    if (content === undefined) return
    const uidl = (letter.uidl === fromField ? fieldOf(content.head) : letter.uidl) ?? null
    if (this.#to.dryRun) {
      this.#messages += 1
      this.#uidls += uidl === null ? 0 : 1
      return
    }
    const { octets, upload } = content
    const { internalDate } = reading
    this.#waiting.push({ name, flags, keywords, internalDate, uidl, octets, upload })
    this.#waitingBytes += octets?.length ?? 0
    const isFull = this.#waiting.length >= importLimits.storedAtOnce || this.#waitingBytes >= limits.importedBytes
    // A message in pieces is held by the server: there may be few.
    if (!isFull && upload === null) return
    await this.#storing
    this.#storing = this.#store()
    this.#storing.catch(() => undefined) // whoever awaits it is told
  }

  #complain(line: string): void {
    this.#unread += 1
    this.#to.say(`${this.#mailbox}: ${line}`)
  }

  async #upload(name: string, pieces: AsyncIterable<Uint8Array>): Promise<Content | undefined> {
    const upload = crypto.randomUUID()
    let head: Uint8Array | undefined
    try {
      for await (const piece of pieces) {
        head ??= piece
        if (this.#to.dryRun) break
        for (let at = 0; at < piece.length; at += importLimits.pieceBytes) {
          const octets = base64Of(piece.subarray(at, at + importLimits.pieceBytes))
          valueFrom(await this.#to.administration.importOctets({ upload, octets }))
        }
      }
    } catch (error) {
      if (!isUnfolding(error)) throw error
      this.#complain(`${name}: it is compressed, and broken: ${error.message}`)
      return undefined
    }
    if (head !== undefined) return { head, octets: null, upload }
    this.#complain(`${name}: it is empty`)
    return undefined
  }

  async #store(): Promise<void> {
    const messages = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    const { administration, address } = this.#to
    const stored = valueFrom(await administration.importMessages({ address, mailbox: this.#mailbox, messages }))
    this.#messages += stored.messages
    this.#uidls += stored.uidls
  }

  #tell(): void {
    const now = performance.now()
    if (now - this.#saidAt < limits.tellsEveryMs) return
    this.#saidAt = now
    this.#to.say(`${this.#mailbox}: ${this.#seen} of ${this.#total} messages`)
  }
}

interface Content {
  /** The first octets. */
  readonly head: Uint8Array
  readonly octets: string | null
  readonly upload: string | null
}

function wholeOf(octets: Uint8Array): Content {
  return { head: octets, octets: base64Of(octets), upload: null }
}

function base64Of(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64')
}

function fieldOf(head: Uint8Array): string | undefined {
  return fieldsNamed(readHeader(head), 'x-uidl')[0]?.value.trim()
}

/** zlib's complaints about octets that are none of its. */
function isUnfolding(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_)/.test(String(error.code))
}

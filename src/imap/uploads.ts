// The messages of an APPEND or REPLACE on their way into the spool, part by part: literals as their octets come, what URLs name in between.
// Nothing but the spool holds them; literals.ts decides what may come.

import { LineEnds, LineFaults } from '#mail/line-ends.ts'
import { asLines } from '#store/as-lines.ts'
import type { Spool, SpooledMessage, SpoolWriter } from '#store/spool.ts'
import type { AppendHead } from '#wire/imap/append-head.ts'
import type { AppendPart } from '#wire/imap/command.ts'
import { heldUploadBytes } from './limits.ts'
import { no, type Reply } from './reply.ts'

/** A message that is not whole yet. */
interface Upload {
  readonly writer: SpoolWriter
  readonly lineEnds: LineEnds
  /** Of what was not mended on its way: it may be binary. */
  readonly faults: LineFaults
  hasBinary: boolean
  parts: number
}

export class Uploads implements AsyncDisposable {
  /** Of the command's last literal. */
  head: AppendHead | undefined
  readonly #spool: Spool
  #messages: SpooledMessage[] = []
  #finishedBytes = 0
  #upload: Upload | undefined
  /** How the octets that come are to be taken. */
  #kind: AppendPart['kind'] = 'text'
  #problem: Reply | undefined

  constructor({ store }: { readonly store: { readonly spool: Spool } }) {
    this.#spool = store.spool
  }

  /** Whether a message is on its way, or here without the rest of its command. */
  get isBusy(): boolean {
    return this.#upload !== undefined || this.#messages.length > 0 || this.#problem !== undefined
  }

  /** Why the command cannot come to anything any more. */
  get problem(): Reply | undefined {
    return this.#problem
  }

  /** Messages that are whole. */
  get count(): number {
    return this.#messages.length
  }

  /** Parts of the message under way. */
  get parts(): number {
    return this.#upload?.parts ?? 0
  }

  /** Octets of the message under way. */
  get sizeBytes(): number {
    return this.#upload?.writer.sizeBytes ?? 0
  }

  /** Octets of the whole command. */
  get totalBytes(): number {
    return this.#finishedBytes + this.sizeBytes
  }

  /** The next part begins: its octets come by `take`. */
  begin(kind: AppendPart['kind']): void {
    this.#kind = kind
    this.#upload ??= newUpload(this.#spool)
    this.#upload.parts += 1
    this.#upload.hasBinary ||= kind === 'binary'
  }

  /** The next octets of the part. After `giveUp` they are let go by. */
  async take(bytes: Uint8Array): Promise<void> {
    if (this.#upload === undefined) return
    const { writer, lineEnds, faults } = this.#upload
    if (this.#kind === 'text') return void (await writer.write(lineEnds.put(bytes)))
    faults.push(bytes)
    await writer.write(lineEnds.pass(bytes))
  }

  /** The message under way is whole. A problem, if it can't be kept. */
  async finish(): Promise<Reply | undefined> {
    const upload = this.#upload
    if (upload === undefined) return undefined
    // Whether the last line of a binary message wants an end depends on what it is.
    if (!upload.hasBinary) await upload.writer.write(upload.lineEnds.end())
    // RFC 3502: a client takes an APPEND back by an empty literal.
    if (upload.writer.sizeBytes === 0) return no('CANNOT', 'An empty message is not kept')
    const message = await upload.writer.finish()
    this.#upload = undefined
    this.#messages.push(message)
    const kept = isMended(upload) ? message : await this.#mend(message)
    this.#finishedBytes += kept.sizeBytes
    return this.#heldBytes() > heldUploadBytes ? no('LIMIT', 'Too much at once: append fewer messages') : undefined
  }

  /** The command can't be carried out: `problem` will be its answer. */
  async giveUp(problem: Reply): Promise<void> {
    const upload = this.#upload
    this.#problem = problem
    this.#upload = undefined
    await upload?.writer[Symbol.asyncDispose]()
  }

  /** The messages of the command that is complete now, whose owner the caller becomes. */
  collect(): readonly SpooledMessage[] {
    const messages = this.#messages
    this.#messages = []
    return messages
  }

  /** Drops whatever is left of the command. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = [...this.#messages, this.#upload?.writer]
    this.#messages = []
    this.#finishedBytes = 0
    this.#upload = undefined
    this.#problem = undefined
    this.head = undefined
    for (const one of left) await one?.[Symbol.asyncDispose]()
  }

  /** The last message becomes one of lines (RFC 3516 4.4). */
  async #mend(message: SpooledMessage): Promise<SpooledMessage> {
    const lines = await asLines(this.#spool, message)
    if (lines === undefined) return message
    this.#messages[this.#messages.length - 1] = lines
    await message[Symbol.asyncDispose]()
    return lines
  }

  /** Octets that wait in memory: a small message is no file (store/limits.ts), and there may be many. */
  #heldBytes(): number {
    let bytes = 0
    for (const { head, sizeBytes } of this.#messages) bytes += Math.min(sizeBytes, head.length * 2)
    return bytes
  }
}

function newUpload(spool: Spool): Upload {
  return { writer: spool.open(), lineEnds: new LineEnds(), faults: new LineFaults(), hasBinary: false, parts: 0 }
}

function isMended({ faults, lineEnds, hasBinary }: Upload): boolean {
  return !faults.hasNul && !faults.hasBareLf && !faults.hasBareCr && !(hasBinary && lineEnds.lacksEnd)
}

// The parts of a message that have begun and not ended, while structure.ts reads it line by line: which boundaries may come,
// what a header opens, where a body ends. Offsets and line counts are of the whole message.

import { trimSpace } from '#text/trim.ts'
import { readEnvelope } from './envelope.ts'
import { readFields } from './header.ts'
import { maxBoundaryCharacters, maxPartDepth, maxParts } from './limits.ts'
import { parameterValue } from './parameters.ts'
import type { Envelope, Part, PartFields } from './part.ts'
import { readPartFields } from './part-fields.ts'

/** A place between two lines of the message. */
export interface Place {
  readonly offset: number
  /** Line ends before it. */
  readonly lines: number
  /** Octets of the line end just before it that belong to the boundary after it (RFC 2046 5.1.1); 0 where none follows. */
  readonly boundaryLineEnd: number
}

/** A line that is the boundary of the open part at `index`. */
export interface Boundary {
  readonly index: number
  readonly closes: boolean
}

interface OpenPart {
  readonly headerStart: number
  readonly isMessage: boolean
  readonly inDigest: boolean
  readonly children: Part[]
  /** Undefined while its header is read. */
  body: OpenBody | undefined
}

interface OpenBody {
  readonly start: number
  readonly linesBefore: number
  readonly fields: PartFields
  readonly envelope: Envelope | undefined
  /** Of a multipart whose closing boundary has not come. */
  boundary: string | undefined
}

export class PartStack {
  /** Outermost first. */
  readonly #open: OpenPart[] = []
  #partCount = 0
  /** What came of the innermost part's header. */
  #header = ''
  /** The boundaries that may come, each with the innermost part that has it. Undefined: to be made again. */
  #boundaries: ReadonlyMap<string, number> | undefined

  constructor() {
    this.#begin({ headerStart: 0, isMessage: true, inDigest: false })
  }

  get inHeader(): boolean {
    return this.#innermost.body === undefined
  }

  get headerLength(): number {
    return this.#header.length
  }

  addHeaderLines(lines: string): void {
    this.#header += lines
  }

  /** The innermost part's header has ended, its body begins. If it is a message, that one's header begins. */
  endHeader({ offset, lines }: Place): void {
    const part = this.#innermost
    const header = { fields: readFields(this.#header), end: this.#header.length }
    this.#header = ''
    const fields = this.#readable(readPartFields(header, part.inDigest))
    const boundary = fields.type === 'multipart' ? boundaryOf(fields) : undefined
    const envelope = part.isMessage ? readEnvelope(header) : undefined
    part.body = { start: offset, linesBefore: lines, fields, envelope, boundary }
    if (boundary !== undefined) this.#boundaries = undefined
    if (isMessageType(fields)) this.#begin({ headerStart: offset, isMessage: true, inDigest: false })
  }

  /** Which open part's boundary `line` is, if any: `--`, the boundary, perhaps `--`, white space. */
  boundaryIn(line: string): Boundary | undefined {
    const boundaries = this.#boundaries ?? this.#collectBoundaries()
    if (boundaries.size === 0) return undefined
    const text = trimSpace(line).slice(2)
    const opens = boundaries.get(text)
    if (opens !== undefined) return { index: opens, closes: false }
    const closes = text.endsWith('--') ? boundaries.get(text.slice(0, -2)) : undefined
    return closes === undefined ? undefined : { index: closes, closes: true }
  }

  /** Ends every part inside the one whose boundary came. */
  endParts(boundary: Boundary, place: Place): void {
    while (this.inHeader) this.endHeader(place)
    while (this.#open.length > boundary.index + 1) this.#endInnermost(place)
    const body = this.#innermost.body
    if (!boundary.closes || body === undefined) return
    body.boundary = undefined
    this.#boundaries = undefined
  }

  /** Begins the next part of the innermost multipart. */
  beginPart(headerStart: number): void {
    const fields = this.#innermost.body?.fields
    this.#begin({ headerStart, isMessage: false, inDigest: fields?.subtype === 'digest' })
  }

  /** Ends all parts. The stack is used up. */
  finish(place: Place): Part {
    while (this.inHeader) this.endHeader(place)
    let part = this.#endInnermost(place)
    while (this.#open.length > 0) part = this.#endInnermost(place)
    return part
  }

  get #innermost(): OpenPart {
    const part = this.#open.at(-1)
    if (part === undefined) throw new Error('the structure is finished')
    return part
  }

  #begin(part: Pick<OpenPart, 'headerStart' | 'isMessage' | 'inDigest'>): void {
    this.#open.push({ ...part, children: [], body: undefined })
    this.#partCount += 1
    this.#boundaries = undefined
  }

  #endInnermost(place: Place): Part {
    const { headerStart, children, body } = this.#innermost
    if (body === undefined) throw new Error('a part ends after its header')
    this.#open.pop()
    this.#boundaries = undefined
    const bodyEnd = Math.max(body.start, place.offset - place.boundaryLineEnd)
    const linesEnd = bodyEnd < place.offset ? place.lines - 1 : place.lines
    const part: Part = {
      headerStart,
      bodyStart: body.start,
      bodyEnd,
      lines: Math.max(0, linesEnd - body.linesBefore),
      fields: body.fields.type === 'multipart' && children.length === 0 ? asText(body.fields) : body.fields,
      children,
      envelope: body.envelope,
    }
    this.#open.at(-1)?.children.push(part)
    return part
  }

  #collectBoundaries(): ReadonlyMap<string, number> {
    const boundaries = new Map<string, number>()
    for (let index = 0; index < this.#open.length && this.#partCount < maxParts; index += 1) {
      const boundary = this.#open[index]?.body?.boundary
      if (boundary !== undefined) boundaries.set(boundary, index)
    }
    this.#boundaries = boundaries
    return boundaries
  }

  /** What this part is taken for: what can't be looked into is plain content, so that a multipart or message always has parts. */
  #readable(fields: PartFields): PartFields {
    const isMultipart = fields.type === 'multipart'
    if (!isMultipart && !isMessageType(fields)) return fields
    if (this.#open.length >= maxPartDepth || this.#partCount >= maxParts) return asText(fields)
    if (isMultipart) return boundaryOf(fields) === undefined ? asText(fields) : fields
    return identityEncodings.has(fields.encoding) ? fields : asOctets(fields)
  }
}

const identityEncodings = new Set(['7bit', '8bit', 'binary'])

function isMessageType(fields: PartFields): boolean {
  return fields.type === 'message' && (fields.subtype === 'rfc822' || fields.subtype === 'global')
}

function boundaryOf(fields: PartFields): string | undefined {
  const boundary = trimSpace(parameterValue(fields.parameters, 'boundary') ?? '')
  return boundary === '' || boundary.length > maxBoundaryCharacters ? undefined : boundary
}

function asText(fields: PartFields): PartFields {
  return { ...fields, type: 'text', subtype: 'plain', parameters: [] }
}

// RFC 2046 5.2.1 forbids encoding a message. IMAP shows a message/rfc822 only with what is inside, so an encoded one is a file.
function asOctets(fields: PartFields): PartFields {
  return { ...fields, type: 'application', subtype: 'octet-stream' }
}

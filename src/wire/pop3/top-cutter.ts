// TOP (RFC 1939 7): of a message, given in chunks, the header, the blank line and the first lines of the body.

const carriageReturn = 13
const lineFeed = 10

export class TopCutter {
  #linesLeft: number
  #inHeader = true
  /** Of the line that the chunks so far did not end. */
  #lineOctets = 0
  #lineIsBareCr = false
  #done = false

  constructor(bodyLines: number) {
    this.#linesLeft = bodyLines
  }

  /** Nothing more is wanted of the message. */
  get done(): boolean {
    return this.#done
  }

  /** The part of `chunk` that belongs to the answer. */
  push(chunk: Uint8Array): Uint8Array {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#add(chunk, start, end)
      this.#endLine()
      start = end + 1
      if (this.#done) return chunk.subarray(0, start)
    }
    this.#add(chunk, start, chunk.length)
    return chunk
  }

  #add(chunk: Uint8Array, start: number, end: number): void {
    if (start === end) return
    this.#lineIsBareCr = this.#lineOctets === 0 && end - start === 1 && chunk[start] === carriageReturn
    this.#lineOctets += end - start
  }

  #endLine(): void {
    const isBlank = this.#lineOctets === 0 || this.#lineIsBareCr
    this.#lineOctets = 0
    this.#lineIsBareCr = false
    if (!this.#inHeader) this.#linesLeft -= 1
    else if (isBlank) this.#inHeader = false
    else return
    this.#done = this.#linesLeft <= 0
  }
}

// A socket as lines of JSON: how the control socket's two ends read each other.

import type { Socket } from 'node:net'

export class LineTooLongError extends Error {
  constructor(limitBytes: number) {
    super(`a line of more than ${limitBytes} bytes`)
    this.name = 'LineTooLongError'
  }
}

/** Each whole line, without its LF, in UTF-8. Throws LineTooLongError. An unfinished last line is dropped. */
export async function* readLines(socket: Socket, limitBytes: number): AsyncGenerator<string, undefined> {
  let parts: Buffer[] = []
  let heldBytes = 0
  for await (const chunk of socket) {
    // A socket without an encoding gives Buffers, but its iterator is typed `any`.
    let rest = chunk as Buffer
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8')
      parts = []
      heldBytes = 0
      rest = rest.subarray(end + 1)
    }
    parts.push(rest)
    heldBytes += rest.length
    if (heldBytes > limitBytes) throw new LineTooLongError(limitBytes)
  }
}

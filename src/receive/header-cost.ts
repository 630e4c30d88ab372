// What a header may not have because reading it costs more than its length: programs that verify and parse mail, the library of verify/
// among them, take the square of it. One such message in a while would keep all others from being verified.

import { fieldsNamed, readHeader } from '#mail/header.ts'
import { maxBlankRun, maxFromBytes, maxHeaderLines } from './limits.ts'

/** What there is too much of, in words; undefined of every header that an honest program writes. */
export function tooMuchIn(header: Uint8Array): string | undefined {
  if (header.length <= maxBlankRun) return undefined
  let run = 0
  let lines = 0
  for (const octet of header) {
    const endsLine = octet === 0x0a
    run = octet === 0x20 || octet === 0x09 || octet === 0x0d || endsLine ? run + 1 : 0
    if (run > maxBlankRun) return `more than ${maxBlankRun} spaces in a row`
    if (endsLine) lines += 1
    if (lines > maxHeaderLines) return `more than ${maxHeaderLines} lines`
  }
  if (header.length <= maxFromBytes) return undefined
  const isLong = fieldsNamed(readHeader(header), 'from').some(({ start, end }) => end - start > maxFromBytes)
  return isLong ? `a From of more than ${maxFromBytes} octets` : undefined
}

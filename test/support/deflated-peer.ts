// A transcript's client whose octets travel compressed (COMPRESS=DEFLATE, RFC 4978), up to its UNAUTHENTICATE (RFC 8437 4.1).

import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { TranscriptPeer } from './transcript.ts'

const synced = { finishFlush: constants.Z_SYNC_FLUSH }
/** The command that ends the compression. In lower case it does not: so a transcript can go on as it must not. */
const lastCommand = /^(?:.*\r\n)*?\S+ UNAUTHENTICATE\r\n/

/** `end`: the end of its stream comes in one piece with that command, in pieces of its own before what comes next, or never. */
export function deflatedPeer(
  inner: TranscriptPeer,
  { end }: { readonly end: 'at-once' | 'later' | 'never' } = { end: 'at-once' },
): TranscriptPeer {
  let came = Buffer.alloc(0)
  let told = 0
  let sendsClear = false
  let late: readonly Uint8Array[] = end === 'later' ? [Uint8Array.of(3), Uint8Array.of(0)] : []
  return {
    send(bytes) {
      const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1')
      if (sendsClear) {
        for (const piece of late) inner.send(piece)
        late = []
        return inner.send(Buffer.from(text, 'latin1'))
      }
      const last = lastCommand.exec(text)?.[0]
      // No piece refers to one before it, so that they are one stream together.
      if (last === undefined) return inner.send(deflateRawSync(Buffer.from(text, 'latin1'), synced))
      sendsClear = true
      const clear = Buffer.from(text.slice(last.length), 'latin1')
      if (end === 'at-once') return inner.send(Buffer.concat([deflateRawSync(Buffer.from(last, 'latin1')), clear]))
      inner.send(deflateRawSync(Buffer.from(last, 'latin1'), synced))
      if (clear.length > 0) this.send(clear)
    },
    async receive() {
      came = Buffer.concat([came, Buffer.from(await inner.receive(), 'latin1')])
      const text = came.length === 0 ? '' : inflated(came)
      const fresh = text.slice(told)
      told = text.length
      return fresh
    },
    end: () => inner.end(),
    get closed() {
      return inner.closed
    },
  }
}

/** The stream, and what stands in the clear behind its end. */
function inflated(bytes: Uint8Array): string {
  const { buffer, engine } = inflateRawSync(bytes, { ...synced, info: true }) as unknown as Inflated
  return buffer.toString('latin1') + Buffer.from(bytes.subarray(engine.bytesWritten)).toString('latin1')
}

/** What `info` makes of the result, which the types do not tell. */
interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

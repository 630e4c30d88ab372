// A transcript's client whose octets travel compressed from now on (COMPRESS=DEFLATE, RFC 4978).

import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { TranscriptPeer } from './transcript.ts'

const synced = { finishFlush: constants.Z_SYNC_FLUSH }

export function deflatedPeer(inner: TranscriptPeer): TranscriptPeer {
  let came = Buffer.alloc(0)
  let told = 0
  return {
    // No piece refers to one before it, so that they are one stream together.
    send: bytes => inner.send(deflateRawSync(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, synced)),
    async receive() {
      came = Buffer.concat([came, Buffer.from(await inner.receive(), 'latin1')])
      const text = came.length === 0 ? '' : inflateRawSync(came, synced).toString('latin1')
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

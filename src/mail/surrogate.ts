// A message for readers that know no UTF-8 in headers (RFC 6855 7, 6858): each header of it, of its parts and of the messages inside, in ASCII, all else
// as it is. POP3 says its size before it is made, and keeps that (store/surrogates.ts): whoever changes what comes out here must have all looked at again.

import { concat } from '#text/bytes.ts'
import { asciiHeader, type HeaderPlace } from './ascii-header.ts'
import type { Part } from './part.ts'
import { parseStructure } from './structure.ts'

/** Where the headers of a message lie, ascending. */
export function headerPlaces(root: Part): readonly HeaderPlace[] {
  const places: HeaderPlace[] = []
  const open: Part[] = [root]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    places.push({
      start: part.headerStart,
      end: part.bodyStart,
      hasBody: part.bodyEnd > part.bodyStart,
      isGlobal: part.fields.type === 'message' && part.fields.subtype === 'global',
    })
    open.push(...part.children.toReversed())
  }
  return places
}

/** The surrogate of a whole message; undefined: it needs none. Its last line may have no end. */
export function surrogateOf(message: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = []
  let done = 0
  for (const place of headerPlaces(parseStructure(message))) {
    const header = asciiHeader(message.subarray(place.start, place.end), place)
    if (header === undefined) continue
    pieces.push(message.subarray(done, place.start), header)
    done = place.end
  }
  return done === 0 ? undefined : concat([...pieces, message.subarray(done)])
}

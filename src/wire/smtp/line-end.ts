// Looks for what may end a line, at memory's speed for lines of any length.

export const cr = 13
export const lf = 10

/** The place of the first CR or LF from `from` on; the length if there is none. */
export function nextLineEnd(octets: Buffer, from: number): number {
  // Lines are short: a look at each octet costs less than two calls of indexOf.
  const near = Math.min(from + nearOctets, octets.length)
  for (let at = from; at < near; at += 1) {
    const octet = octets[at]
    if (octet === cr || octet === lf) return at
  }
  return near === octets.length ? near : farLineEnd(octets, near)
}

const nearOctets = 128

/** In windows that double, so that an octet that is rare costs no search of the whole for each of the other. */
function farLineEnd(octets: Buffer, from: number): number {
  let start = from
  for (let windowOctets = nearOctets; start < octets.length; windowOctets *= 2) {
    const window = octets.subarray(start, start + windowOctets)
    const places = [window.indexOf(cr), window.indexOf(lf)].filter(at => at >= 0)
    if (places.length > 0) return start + Math.min(...places)
    start += windowOctets
  }
  return octets.length
}

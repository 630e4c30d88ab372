// Parameters that RFC 2231 split into pieces, put together: name*0, name*1 become `name`, or `name*` if one of them is encoded. IMAP's
// BODYSTRUCTURE shows them so (RFC 2231 6); percent signs and the charset stay as they are.

import type { Parameter } from './part.ts'

interface Piece {
  readonly value: string
  /** Its name ended in a star: it has percent signs of its own. */
  readonly isEncoded: boolean
}

/** Pieces 0, 1, ... of one name as one parameter, in the place of the first of them; those behind a missing number stay as they are. */
export function joinContinuations(parameters: readonly Parameter[]): readonly Parameter[] {
  if (!parameters.some(({ name }) => name.includes('*0'))) return parameters
  const pieces = piecesOf(parameters)
  const joined: Parameter[] = []
  const done = new Set<string>()
  for (const parameter of parameters) {
    const [, base, number] = piece.exec(parameter.name) ?? []
    const list = base === undefined ? undefined : pieces.get(base)
    if (base === undefined || list === undefined || Number(number) >= list.length) joined.push(parameter)
    else if (!done.has(base)) {
      done.add(base)
      joined.push(wholeOf(base, list))
    }
  }
  return joined
}

const piece = /^(.+)\*(0|[1-9]\d{0,3})(\*?)$/

/** The pieces of each name from 0 up to the first that is missing; of one number the first counts. */
function piecesOf(parameters: readonly Parameter[]): ReadonlyMap<string, readonly Piece[]> {
  const byNumber = new Map<string, Map<number, Piece>>()
  for (const { name, value } of parameters) {
    const [, base, number, star] = piece.exec(name) ?? []
    if (base === undefined) continue
    const numbered = byNumber.get(base) ?? new Map<number, Piece>()
    byNumber.set(base, numbered)
    if (!numbered.has(Number(number))) numbered.set(Number(number), { value, isEncoded: star === '*' })
  }
  const runs = new Map<string, readonly Piece[]>()
  for (const [base, numbered] of byNumber) {
    const run: Piece[] = []
    for (let found = numbered.get(0); found !== undefined; found = numbered.get(run.length)) run.push(found)
    if (run.length > 0) runs.set(base, run)
  }
  return runs
}

function wholeOf(base: string, pieces: readonly Piece[]): Parameter {
  if (!pieces.some(({ isEncoded }) => isEncoded))
    return { name: base, value: pieces.map(({ value }) => value).join('') }
  const values = pieces.map(({ value, isEncoded }, index) => {
    const encoded = isEncoded ? value : percentEncoded(value)
    // RFC 2231 4.1: the charset and language stand before the first piece, if that is encoded.
    return index === 0 && !isEncoded ? `''${encoded}` : encoded
  })
  return { name: `${base}*`, value: values.join('') }
}

/** So that a plain piece means the same among encoded ones (RFC 2231 7, attribute-char). */
function percentEncoded(latin1Text: string): string {
  return latin1Text.replace(/[^A-Za-z0-9!#$&+\-.^_`{|}~]/g, character => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

// What a peer said or an operator noted, as it is kept: one line, not too long.

import { limits } from './limits.ts'

export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, limits.detailCharacters)
    .toWellFormed()
}

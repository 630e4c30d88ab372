// A long list of UIDs in slices that are written one after the other: each write keeps all sessions waiting while it runs.

import { uidsPerWrite } from './limits.ts'

export function* uidSlices(uids: readonly number[]): Generator<readonly number[]> {
  for (let at = 0; at < uids.length; at += uidsPerWrite) yield uids.slice(at, at + uidsPerWrite)
}

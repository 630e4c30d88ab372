// What a process with so many file descriptors can hold. Without room for it the system would accept connections only to drop them
// without a word, and sessions could open no file: so the limits are cut down, and what is beyond them is told why.

import { limits } from './limits.ts'

export interface Holdable {
  /** Connections open at once on all listeners. */
  readonly connections: number
  /** Of each listener. */
  readonly refusalsAtOnce: number
}

/**
 * @param descriptors undefined: as good as unlimited
 * @param wanted.connections at once on all listeners, as configured
 */
export function holdable(
  descriptors: number | undefined,
  wanted: { readonly connections: number; readonly listeners: number },
): Holdable {
  if (descriptors === undefined) return { connections: wanted.connections, refusalsAtOnce: limits.refusalsAtOnce }
  const free = Math.max(1, descriptors - limits.reservedDescriptors)
  const connections = Math.max(1, Math.floor(free * limits.connectionShare))
  // Half of what is left is for files.
  const refusals = Math.floor((free - connections) / 2 / Math.max(1, wanted.listeners))
  return {
    connections: Math.min(wanted.connections, connections),
    refusalsAtOnce: Math.min(limits.refusalsAtOnce, refusals),
  }
}

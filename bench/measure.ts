// Medians, rates and the words for a machine: what turns runs into rows.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** The middle value (the mean of the two middle ones of an even count). Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing')
  return (upper + lower) / 2
}

/** Seconds that `work` takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** `2 × Intel(R) Xeon(R) CPU @ 2.20GHz, 24 GiB, linux x64, Node v26.10.0`. */
export function machine(): string {
  const cores = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.version}`
}

/** Resident octets of the processes whose ids are given (Linux; proportional, so that shared pages count once). */
export function residentBytes(processIds: readonly number[]): number {
  return processIds.reduce((sum, processId) => sum + proportionalBytes(processId), 0)
}

function proportionalBytes(processId: number): number {
  try {
    const rollup = readFileSync(`/proc/${processId}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024
  } catch {
    return 0 // ended meanwhile
  }
}

/** Clock ticks of /proc/PID/stat in a second: Linux tells programs 100, whatever it counts in. */
const ticksPerSecond = 100

/** User and system time of the processes and of their children that have ended (Linux). */
export function processorSeconds(processIds: readonly number[]): number {
  return processIds.reduce((sum, processId) => sum + ticksOf(processId), 0) / ticksPerSecond
}

function ticksOf(processId: number): number {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0)
  } catch {
    return 0 // ended meanwhile: its parent has its time now
  }
}

/** Settles once the processes do next to nothing: what a server does behind its answers is over. */
export async function atRest(processIds: readonly number[]): Promise<void> {
  const [windowMs, quietPart] = [500, 0.05]
  for (let part = 1; part > quietPart; ) {
    const before = processorSeconds(processIds)
    await new Promise(settle => setTimeout(settle, windowMs))
    part = (processorSeconds(processIds) - before) / (windowMs / 1_000)
  }
}

/** Octets that a process takes more at its highest during `work` than before it (Linux). */
export async function peakBytesOf(processId: number, work: () => Promise<unknown>): Promise<number> {
  const statusBytes = (name: string): number => {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
  }
  const before = statusBytes('VmRSS')
  writeFileSync(`/proc/${processId}/clear_refs`, '5') // the highest is what there is now
  await work()
  return statusBytes('VmHWM') - before
}

/** Ids of `root` and all its descendants (Linux). */
export function processTree(root: number): number[] {
  const children = (processId: number): number[] => {
    try {
      return readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8')
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .map(Number)
    } catch {
      return []
    }
  }
  const found = [root]
  for (const processId of found) found.push(...children(processId))
  return found
}

export function thousands(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', {
    maximumFractionDigits: digits,
    minimumFractionDigits: value >= 100 ? 0 : digits,
  })
}

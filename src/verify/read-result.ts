// What the library found out, as our facts.

import type { AuthenticateResult } from 'mailauth'
import type { Result, Verified } from './facts.ts'

const results: readonly Result[] = ['pass', 'fail', 'softfail', 'neutral', 'policy', 'none', 'temperror', 'permerror']

/** The best of several signatures counts; a failure is told before an error that passes. */
const bestFirst: readonly Result[] = ['pass', 'fail', 'temperror', 'policy', 'permerror', 'neutral', 'none']

const policies = ['none', 'quarantine', 'reject'] as const

export function readResult(result: AuthenticateResult): Verified {
  const dkim = result.dkim.results.map(({ status }) => resultOf(status.result))
  const { dmarc } = result
  const spf = result.spf === false ? 'none' : resultOf(result.spf.status.result)
  const best = bestFirst.find(one => dkim.includes(one)) ?? 'none'
  const judged = dmarc === false ? 'none' : resultOf(dmarc.status.result)
  return {
    spf,
    dkim: best,
    dmarc: {
      result: judged,
      policy: dmarc === false ? undefined : policies.find(policy => policy === dmarc.policy),
      domain: dmarc === false ? undefined : dmarc.status.header?.from,
    },
    field: fieldOf(result.headers),
  }
}

function resultOf(text: string): Result {
  return results.find(result => result === text) ?? 'none'
}

/** Of the fields that the library would add, the one of RFC 8601. */
function fieldOf(headers: string): string {
  const field = headers.split(/\r\n(?![ \t])/).find(one => one.startsWith('Authentication-Results:'))
  // What the peer chose (names, addresses, reasons) stands in it: nothing of that may begin a field of its own or pass for text.
  if (field === undefined || !/^[\t -~]+(?:\r\n[ \t][\t -~]+)*$/.test(field))
    throw new Error(`no field to show: ${JSON.stringify(headers)}`)
  return `${field}\r\n`
}

// A message of 25 MB: how fast it comes in, and what memory it takes on its way.

import { largeLetter } from '../test/support/corpus.ts'
import { sendLarge } from './load/large.ts'
import { median, peakBytesOf } from './measure.ts'
import type { RowOfBench } from './row.ts'
import { startPosthouse } from './servers/posthouse.ts'
import { type ServerUnderTest, userOf } from './servers/server.ts'

const attachmentBytes = 18_250_000 // 25 MB in base64
/** Messages before those that are measured, and these. */
const unmeasured = 3
const measured = 5

const speed = (by: 'DATA' | 'BDAT', title: string): RowOfBench => ({
  name: `large-${by.toLowerCase()}`,
  title,
  unit: 'MB/s',
  goal: 100,
  better: 'more',
  compared: true,
  async run(server: ServerUnderTest) {
    const { bytes } = largeLetter(attachmentBytes)
    const seconds: number[] = []
    for (let count = 0; count < unmeasured + measured; count += 1)
      seconds.push(await sendLarge(server.mx, userOf(server, 0), bytes, by))
    return bytes.length / 1e6 / median(seconds.slice(unmeasured))
  },
})

export const largeRows: readonly RowOfBench[] = [
  speed('DATA', 'MX, a message of 25 MB, durable'),
  speed('BDAT', 'the same by BDAT'),
  {
    name: 'large-memory',
    title: 'memory that a message of 25 MB takes beyond the idle server, at its highest',
    unit: 'MB',
    goal: 10,
    better: 'less',
    compared: false,
    async run() {
      await using fresh = await startPosthouse()
      const { bytes } = largeLetter(attachmentBytes)
      const send = () => sendLarge(fresh.mx, userOf(fresh, 0), bytes, 'DATA')
      for (let count = 0; count < unmeasured; count += 1) await send()
      const peaks: number[] = []
      for (let count = 0; count < measured; count += 1) peaks.push(await peakBytesOf(fresh.processId, send))
      return median(peaks) / 1e6
    },
  },
]

// Every limit of this folder.

const dayMs = 24 * 3_600_000

export const limits = {
  authorityLifeMs: 3652 * dayMs,
  /** With `backdatedMs` 397 days: Apple's and Mozilla's programs refuse a longer one. */
  leafLifeMs: 396 * dayMs,
  /** A client's clock may be behind. */
  backdatedMs: dayMs,
  /** A certificate that ends within this is made again. */
  renewBeforeMs: 30 * dayMs,
  /** Between two looks at the files. */
  lookEveryMs: 30_000,
  /** Certificates of one server. */
  certificates: 1000,
} as const

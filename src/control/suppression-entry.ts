// One recipient that nothing is sent to, as data: what `importSuppressed` is given, and what lists and files have.

export interface SuppressionEntry {
  /** The address of the account whose mail does not go there. One of this and `domain` is null. */
  readonly account: string | null
  /** The domain of ours under which nothing is sent there. */
  readonly domain: string | null
  readonly recipient: string
  /** `unknown`, `complaint`, `manual`. */
  readonly reason: string
  /** A reply, or a note. */
  readonly detail: string
  /** Milliseconds since 1970; null: as long as it stands. */
  readonly expiresAt: number | null
}

/** Undefined where `given` is no list of such. */
export function readSuppressionEntries(given: unknown): readonly SuppressionEntry[] | undefined {
  if (!Array.isArray(given)) return undefined
  const entries: SuppressionEntry[] = []
  for (const one of given as readonly unknown[]) {
    if (!isSuppressionEntry(one)) return undefined
    entries.push(one)
  }
  return entries
}

function isSuppressionEntry(given: unknown): given is SuppressionEntry {
  if (typeof given !== 'object' || given === null) return false
  const field = (name: keyof SuppressionEntry): unknown => Reflect.get(given, name)
  const isText = (name: keyof SuppressionEntry) => typeof field(name) === 'string'
  const expiresAt = field('expiresAt')
  return (
    isText('account') !== isText('domain') &&
    (isText('account') || field('account') === null) &&
    (isText('domain') || field('domain') === null) &&
    isText('recipient') &&
    isText('reason') &&
    isText('detail') &&
    (expiresAt === null || (Number.isSafeInteger(expiresAt) && Number(expiresAt) >= 0))
  )
}

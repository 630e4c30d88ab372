// Capabilities that are hidden from one client, because it or the account has trouble with them: they are not told, and what they bring is
// unknown. An extension without a command of its own is not told and cannot be enabled; its arguments still work. INPROGRESS is not said.

export interface HiddenCapabilities {
  /** In upper case. */
  ofAccount(accountId: number): Promise<readonly string[]>
  readonly fromClients: readonly HiddenFromClient[]
}

/** From a program by what it says of itself with ID (RFC 2971), or from all. */
export interface HiddenFromClient {
  /** Its name, in any case; undefined: any, and whoever says nothing (RFC 8437 8: there must be a way to switch it off). */
  readonly client: string | undefined
  /** How its version begins; undefined: any. */
  readonly version: string | undefined
  /** In upper case. */
  readonly capabilities: readonly string[]
}

/** What is hidden from the program that says `fields` of itself, or nothing yet. */
export function hiddenFrom(rules: readonly HiddenFromClient[], fields: ReadonlyMap<string, string>): readonly string[] {
  const name = fields.get('name')?.toLowerCase()
  const version = fields.get('version') ?? ''
  return rules
    .filter(({ client }) => client === undefined || client.toLowerCase() === name)
    .filter(rule => version.startsWith(rule.version ?? ''))
    .flatMap(({ capabilities }) => capabilities)
}

/** Commands by the capability that brings them, both in upper case; `X=` stands for each capability that begins so. */
const verbsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['ACL', ['SETACL', 'DELETEACL', 'GETACL', 'LISTRIGHTS', 'MYRIGHTS']],
  ['COMPRESS=', ['COMPRESS']],
  ['CONTEXT=', ['CANCELUPDATE']],
  ['ENABLE', ['ENABLE']],
  ['ID', ['ID']],
  ['IDLE', ['IDLE']],
  ['METADATA', ['GETMETADATA', 'SETMETADATA']],
  ['MOVE', ['MOVE', 'UID MOVE']],
  ['MULTISEARCH', ['ESEARCH']],
  ['NAMESPACE', ['NAMESPACE']],
  ['NOTIFY', ['NOTIFY']],
  ['QUOTA', ['GETQUOTA', 'GETQUOTAROOT', 'SETQUOTA']],
  ['REPLACE', ['REPLACE', 'UID REPLACE']],
  ['SORT', ['SORT', 'UID SORT']],
  ['THREAD=', ['THREAD', 'UID THREAD']],
  ['UIDBATCHES', ['UIDBATCHES']],
  ['UIDPLUS', ['UID EXPUNGE']],
  ['UNAUTHENTICATE', ['UNAUTHENTICATE']],
  ['UNSELECT', ['UNSELECT']],
  ['URLAUTH', ['GENURLAUTH', 'URLFETCH', 'RESETKEY']],
])

/** Whether `name` is hidden: itself (`COMPRESS=DEFLATE`), or what stands before its `=` (`COMPRESS`). `hidden` in upper case. */
export function isHidden(name: string, hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0) return false
  const upper = name.toUpperCase()
  const equals = upper.indexOf('=')
  return hidden.has(upper) || (equals > 0 && hidden.has(upper.slice(0, equals)))
}

/** The commands that go with `hidden`. */
export function hiddenVerbs(hidden: ReadonlySet<string>): ReadonlySet<string> {
  const verbs = [...hidden].flatMap(name => {
    const equals = name.indexOf('=')
    const group = equals > 0 ? name.slice(0, equals + 1) : `${name}=`
    return verbsOf.get(name) ?? verbsOf.get(group) ?? []
  })
  return new Set(verbs)
}

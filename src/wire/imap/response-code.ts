// Response codes (RFC 3501 7.1, 4315, 5530, 6154, 6851, 7162, 8474, 9585, 9586) as data and in print.

export type ResponseCode =
  | { readonly code: PlainCode }
  | { readonly code: 'UIDNEXT' | 'UIDVALIDITY' | 'UNSEEN' | 'HIGHESTMODSEQ'; readonly number: number }
  /** Numbers or UIDs by printUidSet (RFC 7162 3.1.3). */
  | { readonly code: 'MODIFIED'; readonly set: string }
  | { readonly code: 'MAILBOXID'; readonly id: string }
  /** RFC 5267 4.3.1: the search of this tag will not be kept up to date. */
  | { readonly code: 'NOUPDATE'; readonly tag: string }
  | InProgress
  /** Printed by printFlags, `\*` and all. */
  | { readonly code: 'PERMANENTFLAGS'; readonly flags: string }
  | { readonly code: 'CAPABILITY'; readonly names: readonly string[] }
  | { readonly code: 'BADCHARSET'; readonly charsets: readonly string[] }
  /** RFC 5464 4.2.1 and 4.3: sizes in octets. */
  | { readonly code: 'METADATA'; readonly problem: 'LONGENTRIES' | 'MAXSIZE'; readonly number: number }
  | { readonly code: 'METADATA'; readonly problem: 'TOOMANY' | 'NOPRIVATE' }
  /** RFC 5465 3.1: all events that there are. */
  | { readonly code: 'BADEVENT'; readonly events: readonly string[] }
  | { readonly code: 'APPENDUID'; readonly uidValidity: number; readonly uids: string }
  /** `from` and `to` by printUidSet, in the same order; never empty (RFC 4315 3). */
  /** RFC 4469 5: `url` as the client gave it. */
  | { readonly code: 'BADURL'; readonly url: string }
  /** RFC 4467 8. */
  | { readonly code: 'URLMECH'; readonly mechanisms: readonly string[] }
  /** RFC 9738: how many messages one command may have, and how far down it came. */
  | { readonly code: 'MESSAGELIMIT'; readonly number: number; readonly lowestUid?: number | undefined }
  | { readonly code: 'COPYUID'; readonly uidValidity: number; readonly from: string; readonly to: string }

/** RFC 9585: of the command with this tag, or of none; numbers where they are known. */
interface InProgress {
  readonly code: 'INPROGRESS'
  readonly tag: string | undefined
  readonly done: number | undefined
  readonly total: number | undefined
}

export type PlainCode =
  | 'ALERT'
  | 'ALREADYEXISTS'
  | 'AUTHENTICATIONFAILED'
  | 'AUTHORIZATIONFAILED'
  | 'CANNOT'
  | 'CLIENTBUG'
  | 'CLOSED'
  | 'COMPRESSIONACTIVE'
  | 'CONTACTADMIN'
  | 'CORRUPTION'
  | 'EXPIRED'
  | 'EXPUNGEISSUED'
  | 'INUSE'
  | 'LIMIT'
  | 'NOMODSEQ'
  | 'NONEXISTENT'
  | 'NOTIFICATIONOVERFLOW'
  | 'NOPERM'
  | 'OVERQUOTA'
  | 'PARSE'
  | 'PRIVACYREQUIRED'
  | 'READ-ONLY'
  | 'READ-WRITE'
  | 'SERVERBUG'
  | 'TOOBIG'
  | 'TOOFEW'
  | 'TRYCREATE'
  | 'UIDNOTSTICKY'
  | 'UIDREQUIRED'
  | 'UNAVAILABLE'
  | 'UNKNOWN-CTE'
  | 'USEATTR'

/** What stands between the brackets. */
export function printCode(code: ResponseCode): string {
  switch (code.code) {
    case 'UIDNEXT':
    case 'UIDVALIDITY':
    case 'UNSEEN':
    case 'HIGHESTMODSEQ':
      return `${code.code} ${code.number}`
    case 'MESSAGELIMIT':
      return `MESSAGELIMIT ${code.number}${code.lowestUid === undefined ? '' : ` ${code.lowestUid}`}`
    case 'MODIFIED':
      return `MODIFIED ${code.set}`
    case 'NOUPDATE':
      return `NOUPDATE "${code.tag}"`
    case 'MAILBOXID':
      return `MAILBOXID (${code.id})`
    case 'INPROGRESS':
      return `INPROGRESS (${printTag(code.tag)} ${code.done ?? 'NIL'} ${code.total ?? 'NIL'})`
    case 'PERMANENTFLAGS':
      return `PERMANENTFLAGS (${code.flags})`
    case 'CAPABILITY':
      return `CAPABILITY ${code.names.join(' ')}`
    case 'BADCHARSET':
      return code.charsets.length === 0 ? 'BADCHARSET' : `BADCHARSET (${code.charsets.join(' ')})`
    case 'METADATA':
      return 'number' in code ? `METADATA ${code.problem} ${code.number}` : `METADATA ${code.problem}`
    case 'BADEVENT':
      return `BADEVENT (${code.events.join(' ')})`
    case 'APPENDUID':
      return `APPENDUID ${code.uidValidity} ${code.uids}`
    case 'COPYUID':
      return `COPYUID ${code.uidValidity} ${code.from} ${code.to}`
    case 'BADURL':
      // It must not end the code, nor the line.
      return `BADURL ${code.url.slice(0, badUrlChars).replace(/[^\x21-\x5c\x5e-\x7e]/g, escapeOctet)}`
    case 'URLMECH':
      return `URLMECH ${code.mechanisms.join(' ')}`
    default:
      return code.code
  }
}

/** RFC 9585 4: never with a `]`, at which others end the code. Nothing else in a tag needs care: it holds no quote and no backslash. */
function printTag(tag: string | undefined): string {
  return tag === undefined || tag.includes(']') ? 'NIL' : `"${tag}"`
}

/** Of a bad URL what is told: lines stay short. */
const badUrlChars = 500

function escapeOctet(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

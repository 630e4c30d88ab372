// Response codes (RFC 3501 7.1, 4315, 5530, 6154, 6851) as data and in print.

export type ResponseCode =
  | { readonly code: PlainCode }
  | { readonly code: 'UIDNEXT' | 'UIDVALIDITY' | 'UNSEEN'; readonly number: number }
  /** Printed by printFlags, `\*` and all. */
  | { readonly code: 'PERMANENTFLAGS'; readonly flags: string }
  | { readonly code: 'CAPABILITY'; readonly names: readonly string[] }
  | { readonly code: 'BADCHARSET'; readonly charsets: readonly string[] }
  | { readonly code: 'APPENDUID'; readonly uidValidity: number; readonly uids: string }
  /** `from` and `to` by printUidSet, in the same order; never empty (RFC 4315 3). */
  | { readonly code: 'COPYUID'; readonly uidValidity: number; readonly from: string; readonly to: string }

export type PlainCode =
  | 'ALERT'
  | 'ALREADYEXISTS'
  | 'AUTHENTICATIONFAILED'
  | 'AUTHORIZATIONFAILED'
  | 'CANNOT'
  | 'CLIENTBUG'
  | 'CLOSED'
  | 'CONTACTADMIN'
  | 'CORRUPTION'
  | 'EXPIRED'
  | 'EXPUNGEISSUED'
  | 'HASCHILDREN'
  | 'INUSE'
  | 'LIMIT'
  | 'NONEXISTENT'
  | 'NOPERM'
  | 'OVERQUOTA'
  | 'PARSE'
  | 'PRIVACYREQUIRED'
  | 'READ-ONLY'
  | 'READ-WRITE'
  | 'SERVERBUG'
  | 'TOOBIG'
  | 'TRYCREATE'
  | 'UIDNOTSTICKY'
  | 'UNAVAILABLE'
  | 'UNKNOWN-CTE'
  | 'USEATTR'

/** What stands between the brackets. */
export function printCode(code: ResponseCode): string {
  switch (code.code) {
    case 'UIDNEXT':
    case 'UIDVALIDITY':
    case 'UNSEEN':
      return `${code.code} ${code.number}`
    case 'PERMANENTFLAGS':
      return `PERMANENTFLAGS (${code.flags})`
    case 'CAPABILITY':
      return `CAPABILITY ${code.names.join(' ')}`
    case 'BADCHARSET':
      return code.charsets.length === 0 ? 'BADCHARSET' : `BADCHARSET (${code.charsets.join(' ')})`
    case 'APPENDUID':
      return `APPENDUID ${code.uidValidity} ${code.uids}`
    case 'COPYUID':
      return `COPYUID ${code.uidValidity} ${code.from} ${code.to}`
    default:
      return code.code
  }
}

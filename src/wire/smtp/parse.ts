// A command line (RFC 5321 4.1.1), latin1 without its CRLF, to a Command. Verbs and keywords in any case.
// Throws ParseError (PathError for the address in MAIL and RCPT, BdatSyntaxError for BDAT) and nothing else; a verb that we don't know
// is a Command too.

import { ParseError } from '#base/parse-error.ts'
import { Cursor, characterSet } from '#text/cursor.ts'
import { parseAttributes, xclientAttributes, xforwardAttributes } from './attributes.ts'
import { BdatSyntaxError, type Command, isBdat, type Parameter } from './command.ts'
import { chunkSizeDigits, parametersPerCommand } from './limits.ts'
import { PathError, parsePath } from './path.ts'

const letters = characterSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
const spaces = characterSet(' \t')
const keyword = /^[A-Za-z0-9][A-Za-z0-9-]*$/
const controls = /[\0-\x08\x0a-\x1f\x7f]/

export function parseCommand(line: string): Command {
  // A NUL or a bare CR would otherwise travel into headers and logs.
  const control = line.search(controls)
  if (control >= 0) throw new (isBdat(line) ? BdatSyntaxError : ParseError)('a control character', control)
  const cursor = new Cursor(line)
  const word = cursor.takeWhile(letters)
  const verb = word.toUpperCase()
  const parser = Object.hasOwn(parsers, verb) ? parsers[verb] : undefined
  if (parser === undefined || !(cursor.done || isSpace(cursor.peek))) {
    if (isBdat(line)) throw new BdatSyntaxError('a space must stand after BDAT', cursor.at)
    return { verb: 'unknown', word }
  }
  cursor.takeWhile(spaces)
  return parser(cursor)
}

const parsers: Readonly<Record<string, (cursor: Cursor) => Command>> = {
  EHLO: cursor => ({ verb: 'EHLO', hello: helloName(cursor) }),
  HELO: cursor => ({ verb: 'HELO', hello: helloName(cursor) }),
  LHLO: cursor => ({ verb: 'LHLO', hello: helloName(cursor) }),
  MAIL: parseMail,
  RCPT: parseRcpt,
  AUTH: parseAuth,
  DATA: cursor => bare(cursor, { verb: 'DATA' }),
  BDAT: parseBdat,
  XCLIENT: cursor => ({ verb: 'XCLIENT', attributes: parseAttributes(cursor, xclientAttributes) }),
  XFORWARD: cursor => ({ verb: 'XFORWARD', attributes: parseAttributes(cursor, xforwardAttributes) }),
  RSET: cursor => bare(cursor, { verb: 'RSET' }),
  QUIT: cursor => bare(cursor, { verb: 'QUIT' }),
  STARTTLS: cursor => bare(cursor, { verb: 'STARTTLS' }),
  NOOP: cursor => ({ verb: 'NOOP', argument: cursor.rest }),
  HELP: cursor => ({ verb: 'HELP', argument: cursor.rest.trim() }),
  VRFY: cursor => ({ verb: 'VRFY', argument: withoutSmtpUtf8(cursor.rest.trim()) }),
  EXPN: cursor => ({ verb: 'EXPN', argument: withoutSmtpUtf8(cursor.rest.trim()) }),
}

/** Any one word: Windows hosts send names that are no domain names, and refusing them would keep out honest mail. */
function helloName(cursor: Cursor): string {
  const name = cursor.rest.trim().split(/[ \t]/, 1)[0] ?? ''
  if (name === '') cursor.fail('EHLO, HELO and LHLO need the name of your host')
  if (name.length > 255) cursor.fail('the name of your host is longer than 255 octets')
  return name
}

function parseMail(cursor: Cursor): Command {
  if (!cursor.takeAnyCase('FROM:')) cursor.fail('expected MAIL FROM:<address>')
  cursor.takeWhile(spaces) // Outlook sends a space here.
  const sender = parsePath(cursor)
  if (sender !== undefined && sender.domain === undefined) throw new PathError('there is no "@" in it', cursor.at)
  return { verb: 'MAIL', sender, parameters: parseParameters(cursor) }
}

function parseRcpt(cursor: Cursor): Command {
  if (!cursor.takeAnyCase('TO:')) cursor.fail('expected RCPT TO:<address>')
  cursor.takeWhile(spaces)
  const recipient = parsePath(cursor)
  if (recipient === undefined) throw new PathError('it is empty', cursor.at)
  // RFC 5321 4.1.1.3: the one name without a domain.
  if (recipient.domain === undefined && recipient.localPart.toLowerCase() !== 'postmaster')
    throw new PathError('there is no "@" in it', cursor.at)
  return { verb: 'RCPT', recipient, parameters: parseParameters(cursor) }
}

function parseBdat(cursor: Cursor): Command {
  const [, size, last] = /^(\d+)(?:[ \t]+(last))?[ \t]*$/i.exec(cursor.rest) ?? []
  // Beyond this a number is not exact, and no connection lives to see its end.
  if (size === undefined || size.length > chunkSizeDigits || !Number.isSafeInteger(Number(size)))
    throw new BdatSyntaxError('expected BDAT, the size of the chunk in octets, and LAST with the last one', cursor.at)
  return { verb: 'BDAT', sizeBytes: Number(size), last: last !== undefined }
}

/** RFC 6531 3.7.4.2: the parameter tells in which form the answer may be, and ours is the same in both. */
function withoutSmtpUtf8(argument: string): string {
  return argument.replace(/[ \t]+smtputf8$/i, '')
}

function parseAuth(cursor: Cursor): Command {
  const [mechanism = '', initial, ...more] = cursor.rest.trim().split(/[ \t]+/)
  if (mechanism === '') cursor.fail('expected AUTH and a mechanism')
  if (more.length > 0) cursor.fail('AUTH takes a mechanism and one initial response')
  // RFC 4954 4: "=" is an initial response of no octets.
  return { verb: 'AUTH', mechanism: mechanism.toUpperCase(), initial: initial === '=' ? '' : initial }
}

function parseParameters(cursor: Cursor): readonly Parameter[] {
  if (cursor.done) return []
  if (!isSpace(cursor.peek)) cursor.fail('a space must stand between the address and its parameters')
  const words = cursor.rest.split(/[ \t]+/).filter(word => word !== '')
  if (words.length > parametersPerCommand) cursor.fail('too many parameters')
  const parameters = words.map(word => parseParameter(word, cursor))
  const keywords = new Set(parameters.map(parameter => parameter.keyword))
  if (keywords.size < parameters.length) cursor.fail('a parameter is given twice')
  return parameters
}

function parseParameter(word: string, cursor: Cursor): Parameter {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  if (!keyword.test(name)) cursor.fail('a parameter is not KEYWORD or KEYWORD=value')
  return { keyword: name.toUpperCase(), value: equals < 0 ? undefined : word.slice(equals + 1) }
}

/** Trailing spaces do no harm; anything else does not belong. */
function bare(cursor: Cursor, command: Command): Command {
  if (!cursor.done) cursor.fail('this command takes no parameters')
  return command
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t'
}

// What a client might send: whole sessions of commands, messages, chunks and SASL lines, some of it bent out of shape. Latin1.

import type { Draws } from './draws.ts'

/** Everything that one client sends, whatever it is answered. */
export function smtpInput(draws: Draws): string {
  let input = draws.oneIn(8) ? '' : `${draws.pick(hellos)}\r\n`
  for (let count = 1 + draws.below(10); count > 0; count -= 1) input += draws.pick(scenes)(draws)
  return input
}

type Scene = (draws: Draws) => string

const hellos = [
  'EHLO client.test',
  'HELO client.test',
  'LHLO client.test',
  'ehlo [192.0.2.1]',
  'EHLO [IPv6:2001:db8::1]',
]

const senders = [
  'MAIL FROM:<>',
  'MAIL FROM:<alice@example.test>',
  'MAIL FROM: <"a b"@example.test> SIZE=1000 BODY=8BITMIME',
  'MAIL FROM:<alice@example.test> RET=HDRS ENVID=QQ314159 SMTPUTF8',
  'MAIL FROM:<jos\xc3\xa9@b\xc3\xbccher.test> SMTPUTF8 BODY=BINARYMIME REQUIRETLS',
  'MAIL FROM:<a@[192.0.2.1]> HOLDFOR=600 MT-PRIORITY=-3 BY=120;NT AUTH=a+2Bb@c',
  'MAIL FROM:<a@[IPv6:::1]> HOLDUNTIL=2026-12-01T10:00:00.5+01:00',
  'MAIL FROM:<@a,@b:c@d> SIZE=99999999999999999999',
]

const recipients = [
  'RCPT TO:<alice@example.test>',
  'RCPT TO:<bob@example.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bob+2Bx@example.test',
  'RCPT TO:<postmaster> NOTIFY=NEVER',
  'RCPT TO:<"a\\"@b"@example.test> ORCPT=utf-8;jos\\x{E9}@example.test',
  'RCPT TO:<nobody@elsewhere.test>',
]

const others = [
  'RSET',
  'NOOP and more',
  'HELP',
  'VRFY alice SMTPUTF8',
  'EXPN list',
  'QUIT',
  'STARTTLS',
  'XCLIENT NAME=spike.test ADDR=192.0.2.7 PORT=2525 PROTO=ESMTP HELO=a+2Bb',
  'XCLIENT ADDR=IPV6:2001:db8::7 LOGIN=[UNAVAILABLE] DESTADDR=192.0.2.8 DESTPORT=25',
  'XFORWARD NAME=[TEMPUNAVAIL] IDENT=4C2F SOURCE=REMOTE',
  'GET / HTTP/1.1',
  '',
]

const anything = [...hellos, ...senders, ...recipients, ...others]

const hostile = [
  '\0',
  '\r',
  '\n',
  '\t',
  ' ',
  '<',
  '>',
  '"',
  '\\',
  '=',
  '+',
  '@',
  ':',
  ';',
  '[',
  ']',
  '\xc3',
  '\xc2\x85',
  '\xef\xbb\xbf',
  '\xe2\x80\xae',
  'xn--',
  '[UNAVAILABLE]',
  ' NOTIFY=NEVER,SUCCESS',
  ' SIZE=',
  '9'.repeat(25),
  '%',
  'x'.repeat(60),
  '\xc3\xa9'.repeat(30),
  'y'.repeat(600),
  '\r\n.\r\n',
  '\r\nBDAT 3 LAST\r\n',
]

const cleanContents = ['\r\n', '.', '\r\n.', '\r\n..\r\n', 'Subject: x\r\n', '\xc3\xa9', 'a'.repeat(80)]
const contents = ['\r\n', '.', '\r\n.', '\n.\n', '\r.\r', '\r', '\n', 'Subject: x\r\n', '\xff', '\0', 'a'.repeat(80)]

const scenes: readonly Scene[] = [
  draws => line(draws, draws.pick(hellos)),
  draws => line(draws, draws.pick(senders)),
  draws => line(draws, draws.pick(recipients)),
  draws => line(draws, draws.pick(others)),
  authentication,
  dataMessage,
  chunk,
  draws => transaction(draws) + dataMessage(draws),
  draws => transaction(draws) + dataMessage(draws),
  draws => transaction(draws) + chunks(draws),
  draws => transaction(draws) + chunks(draws),
  draws => transaction(draws) + line(draws, draws.pick(anything)),
  draws => transaction(draws) + chunk(draws) + line(draws, draws.pick(anything)),
  draws => transaction(draws) + chunk(draws) + line(draws, draws.pick(anything)),
  draws => draws.octets(draws.below(40)),
  draws => line(draws, draws.octets(draws.below(900))),
  draws => line(draws, 'x'.repeat(draws.below(draws.oneIn(5) ? 14_000 : 700))),
]

function transaction(draws: Draws): string {
  let lines = line(draws, draws.pick(senders))
  for (let count = draws.below(3); count >= 0; count -= 1) lines += line(draws, draws.pick(recipients))
  return lines
}

function dataMessage(draws: Draws): string {
  return `${line(draws, 'DATA')}${content(draws)}${draws.oneIn(10) ? '' : '\r\n.\r\n'}`
}

function chunks(draws: Draws): string {
  let all = ''
  for (let count = draws.below(4); count > 0; count -= 1) all += chunk(draws)
  const last = content(draws)
  return `${all}${draws.oneIn(8) ? '' : `${line(draws, `BDAT ${last.length} LAST`)}${last}`}`
}

function chunk(draws: Draws): string {
  const octets = draws.oneIn(6) ? '' : content(draws)
  const size = draws.oneIn(12) ? draws.below(60) : octets.length
  return `${line(draws, `BDAT ${size}${draws.oneIn(6) ? ' LAST' : ''}`)}${octets}`
}

/** Logs in. */
export const loginLine = `AUTH PLAIN ${btoa('\0alice@example.test\0secret')}\r\n`

function authentication(draws: Draws): string {
  const responses = [
    '*',
    '',
    'AGFsaWNlAHNlY3JldA==',
    'not base64',
    'BDAT 3',
    'x'.repeat(draws.below(draws.oneIn(5) ? 14_000 : 700)),
  ]
  const initial = draws.pick(['', ' =', ' AGFsaWNlAHNlY3JldA==', ' a b'])
  return line(draws, `AUTH ${draws.pick(['PLAIN', 'LOGIN', 'NONE'])}${initial}`) + line(draws, draws.pick(responses))
}

function content(draws: Draws): string {
  const octets = draws.oneIn(2) ? contents : cleanContents
  return Array.from({ length: draws.below(12) }, () => draws.pick(octets)).join('')
}

/** A command without its line's end, bent out of shape. */
export function bentCommand(draws: Draws): string {
  return bent(draws, draws.pick(anything))
}

/** A line with its end, bent now and then. */
function line(draws: Draws, text: string): string {
  const end = draws.oneIn(25) ? draws.pick(['\n', '\r', '', '\r\r\n', '\n\r']) : '\r\n'
  return (draws.oneIn(7) ? bent(draws, text) : text) + end
}

function bent(draws: Draws, text: string): string {
  const at = draws.below(text.length + 1)
  const [before, after] = [text.slice(0, at), text.slice(at)]
  const bends: readonly (() => string)[] = [
    () => before + draws.pick(hostile) + after,
    () => before + draws.octets(1) + after.slice(1),
    () => before + after.slice(1 + draws.below(3)),
    () => before,
    () => text + text.slice(text.indexOf(' ')),
    () => text.toLowerCase(),
    () => bent(draws, before + draws.pick(hostile) + after),
  ]
  return draws.pick(bends)()
}

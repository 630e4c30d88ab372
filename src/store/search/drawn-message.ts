// Messages for tests, drawn at random: many scripts, words longer than the index keeps whole, every encoding, messages inside messages.

/** A number from 0 up to, not including, `below`. */
export type Draw = (below: number) => number

const letters = 'abcdefghijklmnopqrstuvwxyz'
const pieces: readonly ((draw: Draw) => string)[] = [
  draw => word(draw, 1 + draw(8), 'abcde'),
  draw => word(draw, 1 + draw(8), 'abcde'),
  draw => word(draw, 2 + draw(9), letters),
  draw => word(draw, 2 + draw(5), 'АБВгдеё'),
  draw => word(draw, 1 + draw(5), 'äöüßéÅøæıİſﬁ'),
  draw => word(draw, 1 + draw(9), '会議資料東京都のテストが'),
  draw => word(draw, 1 + draw(6), 'ทดสอบอีเมล'),
  draw => word(draw, 1 + draw(3), ['😀', '👩‍👧', '𠀀', '€', '＄', 'é', 'が', 'Å']),
  draw => word(draw, 15 + draw(90), `${letters}0123456789`),
  draw => String(draw(100_000)),
  draw => `${word(draw, 3, letters)}@${word(draw, 4, letters)}.test`,
  draw => word(draw, 1 + draw(3), '.,-_!"+/=<>[]()…“”'),
]

function word(draw: Draw, length: number, alphabet: string | readonly string[]): string {
  const characters = Array.from(alphabet)
  return Array.from({ length }, () => characters[draw(characters.length)]).join('')
}

/** Some words and signs, mostly with spaces between them. */
export function drawText(draw: Draw, words: number): string {
  return Array.from({ length: words }, () => {
    const piece = pieces[draw(pieces.length)]?.(draw) ?? ''
    return piece + ([' ', ' ', ' ', '\r\n', ''][draw(5)] ?? '')
  }).join('')
}

/** A whole message in octets. */
export function drawMessage(draw: Draw): Uint8Array {
  const lines = ['Subject', 'From', 'To', 'Cc', 'Bcc', 'X-Note', 'Subject'].flatMap(name =>
    draw(3) === 0 ? [] : [`${name}: ${headerValue(draw)}`],
  )
  return Buffer.from(`${lines.join('\r\n')}\r\n${entity(draw, 0)}`)
}

function headerValue(draw: Draw): string {
  const text = drawText(draw, draw(6)).replaceAll('\r\n', ' ')
  if (draw(2) === 0) return text
  return `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
}

/** The fields of the content, a blank line, the content. */
function entity(draw: Draw, depth: number): string {
  return (draw(3) === 0 ? `Content-Description: ${headerValue(draw)}\r\n` : '') + content(draw, depth)
}

function content(draw: Draw, depth: number): string {
  const kind = draw(depth > 2 ? 4 : 7)
  if (kind === 4) return `Content-Type: message/rfc822\r\n\r\n${Buffer.from(drawMessage(draw)).toString()}`
  if (kind > 4) {
    const boundary = `b${depth}${draw(1000)}`
    const parts = Array.from({ length: 1 + draw(3) }, () => `--${boundary}\r\n${entity(draw, depth + 1)}\r\n`)
    return `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${parts.join('')}--${boundary}--\r\n`
  }
  const text = drawText(draw, draw(30))
  if (kind === 0) return `Content-Type: text/plain; charset=utf-8\r\n\r\n${text}`
  if (kind === 1) return `Content-Type: ${draw(2) === 0 ? 'application/x-data' : 'message/x-report'}\r\n\r\n${text}`
  const type = kind === 2 ? 'text/html' : 'text/plain'
  const shown = kind === 2 ? `<p>${text}</p><b>a</b>b<!-- ${drawText(draw, 2)} -->` : text
  const encoded = Buffer.from(shown).toString('base64')
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}`
}

// Messages as they lie in mailboxes: many senders, words to search for, some in parts. The same ones for every server.

const words =
  'post mail rider horse bag letter road inn evening winter river bridge coach lamp seal wax answer friend market'.split(
    ' ',
  )

/** One of `senders`; every word of the text is found in many letters, `needle(number)` in one of a thousand. */
export function letter(number: number, sizeBytes: number): string {
  const header = [
    `Return-Path: <person${number % senders}@sender.example>`,
    `Received: from relay.example (relay.example [192.0.2.${number % 250}])\r\n\tby mx.example.test with ESMTPS id ${number};\r\n\tMon, 02 Nov 2026 10:00:00 +0000`,
    `From: Person ${number % senders} <person${number % senders}@sender.example>`,
    'To: Reader <reader@example.test>',
    `Cc: "Another, Reader" <another@example.test>`,
    `Subject: ${words[number % words.length]} and ${words[(number * 7) % words.length]} ${number}`,
    `Date: Mon, 02 Nov 2026 10:${String(number % 60).padStart(2, '0')}:00 +0000`,
    `Message-ID: <letter.${number}@sender.example>`,
    'MIME-Version: 1.0',
  ].join('\r\n')
  const text = `${prose(number, sizeBytes)}${needle(number)}\r\n`
  return number % 4 === 0
    ? `${header}\r\n${inParts(text)}`
    : `${header}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}`
}

export const senders = 1_000

export function needle(number: number): string {
  return `xylophone${number % 1_000}q`
}

function prose(number: number, sizeBytes: number): string {
  let text = ''
  for (let at = number; text.length < sizeBytes; at += 1) {
    text += words[(at * 5 + number) % words.length]
    text += at % 11 === 10 ? '\r\n' : ' '
  }
  return text
}

function inParts(text: string): string {
  return [
    'Content-Type: multipart/mixed; boundary="outer"',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<p>${text}</p>`,
    '--inner--',
    '--outer',
    'Content-Type: application/octet-stream; name="seal.bin"',
    'Content-Disposition: attachment; filename="seal.bin"',
    'Content-Transfer-Encoding: base64',
    '',
    'U2VhbGVkIHdpdGggd2F4Lg==',
    '--outer--',
    '',
  ].join('\r\n')
}

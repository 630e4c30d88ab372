// Rows of text in columns, and prose in lines.

/** Lines with each column as wide as its widest text; those of `right` (from 0) stand to the right. */
export function columns(cells: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const rows = cells.map(row => row.map(printable))
  const widths: number[] = []
  for (const row of rows)
    for (const [index, text] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, text.length)
  return rows.map(row =>
    row
      .map((text, index) =>
        right.includes(index) ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** What a stranger wrote must not drive the reader's terminal, nor show its parts in another order than they have. */
export function printable(line: string): string {
  return line.replace(/(?!\t)[\p{Cc}\p{Cf}]/gu, '?')
}

/** Prose in lines of up to `width` characters, each after `indent`; a longer word has a line of its own. */
export function wrapped(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    const longer = line === indent ? `${line}${word}` : `${line} ${word}`
    if (longer.length > width && line !== indent) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = longer
  }
  return [...lines, line]
}

// Rows of text in columns.

/** Lines with each column as wide as its widest text; those of `right` (from 0) stand to the right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
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

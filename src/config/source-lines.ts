// On which line of a configuration file a key stands: exactly for YAML and JSON, by a look at the text for TypeScript and JavaScript.

import type { Document, LineCounter } from 'yaml'
import type { KeyPath } from './config-error.ts'

/** Gives the line of a key, or of the nearest thing around it; undefined if nothing of it is there. */
export type FindLine = (path: KeyPath) => number | undefined

export function linesOfDocument(document: Document, counter: LineCounter): FindLine {
  return path => {
    let line = lineOf(document.contents, counter)
    let node: unknown = document.contents
    for (const part of path) {
      const found = child(node, part)
      if (found === undefined) return line
      line = lineOf(found.at, counter) ?? line
      node = found.node
    }
    return line
  }
}

/** What stands under `part` in a map or list of yaml's, and the node that begins it. */
function child(node: unknown, part: string | number): { readonly at: unknown; readonly node: unknown } | undefined {
  const items: unknown = typeof node === 'object' && node !== null && 'items' in node ? node.items : undefined
  if (!Array.isArray(items)) return undefined
  const list: readonly unknown[] = items
  if (typeof part === 'number') return list[part] === undefined ? undefined : { at: list[part], node: list[part] }
  for (const item of list) {
    if (typeof item !== 'object' || item === null || !('key' in item) || !('value' in item)) continue
    const { key, value } = item
    if (typeof key === 'object' && key !== null && 'value' in key && key.value === part) return { at: key, node: value }
  }
  return undefined
}

function lineOf(node: unknown, counter: LineCounter): number | undefined {
  const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
  const start: unknown = Array.isArray(range) ? range[0] : undefined
  return typeof start === 'number' ? counter.linePos(start).line : undefined
}

/** Looks for each key in turn after the one around it: right for every file that writes its keys out. */
export function linesOfSource(text: string): FindLine {
  const source = withoutComments(text)
  return path => {
    const start = source.search(/export\s+default/)
    let at = Math.max(start, 0)
    let found = start >= 0
    for (const part of path) {
      const next = typeof part === 'number' ? itemStart(source, at, part) : keyStart(source, at, part)
      if (next === undefined) break
      at = next
      found = true
    }
    return found ? source.slice(0, at).split('\n').length : undefined
  }
}

const tokens = {
  comment: /\/\/.*|\/\*[\s\S]*?\*\//,
  text: /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/,
  mark: /[[\]{}(),]/,
}

/** Comments become spaces: everything else stays in its place. */
function withoutComments(source: string): string {
  const pattern = new RegExp(`(${tokens.text.source})|(${tokens.comment.source})`, 'g')
  return source.replace(pattern, (all, text: string | undefined) => text ?? all.replace(/./g, ' '))
}

function keyStart(source: string, from: number, key: string): number | undefined {
  const pattern = new RegExp(`(?<![\\w$.])(['"]?)${RegExp.escape(key)}\\1\\s*[:,}]`, 'g')
  pattern.lastIndex = from
  return pattern.exec(source)?.index
}

/** The start of the item at `index` in the next list: commas are counted at the list's own depth, outside texts. */
function itemStart(source: string, from: number, index: number): number | undefined {
  const pattern = new RegExp(`${tokens.text.source}|${tokens.mark.source}`, 'g')
  pattern.lastIndex = source.indexOf('[', from) + 1
  if (pattern.lastIndex === 0) return undefined
  let start = pattern.lastIndex
  let depth = 0
  let item = 0
  while (item < index && depth >= 0) {
    const mark = pattern.exec(source)?.[0]
    if (mark === undefined) return undefined
    if ('[{('.includes(mark)) depth += 1
    else if (']})'.includes(mark)) depth -= 1
    else if (mark === ',' && depth === 0) {
      item += 1
      start = pattern.lastIndex
    }
  }
  return item === index ? start + (/^\s*/.exec(source.slice(start))?.[0].length ?? 0) : undefined
}

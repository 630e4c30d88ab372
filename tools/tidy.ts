// Holds the tree's shape: who may import whom, how files are named, what must stand beside what. Run as a test; `npm run tidy` prints the findings.
// Each finding says what to do instead. The floors are those of docs/architecture.md.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface Finding {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Path from the project's root to its text. */
export type Tree = ReadonlyMap<string, string>

/** From the ground up. Folders of one floor never import each other; what stands on a higher floor may import any lower one. */
export const floors: readonly (readonly string[])[] = [
  ['base'],
  ['text'],
  ['mail'],
  ['wire/smtp', 'wire/imap', 'wire/pop3', 'wire/sasl', 'wire/sieve', 'wire/managesieve'],
  ['sieve', 'io'],
  ['store', 'accounts', 'verify', 'throttle', 'suppression', 'tls'],
  ['deliver', 'send', 'queue', 'retrieval', 'import'],
  ['receive'],
  ['smtp', 'imap', 'pop3', 'managesieve', 'web', 'control'],
  ['serve'],
  ['config'],
  ['compose'],
  ['app.ts'],
  ['cli'],
  ['main.ts'],
]

/** Folders that touch nothing outside: no `node:` module, but the pure functions listed. */
const pure: ReadonlyMap<string, readonly string[]> = new Map([
  ['base', []],
  ['text', ['node:url']],
  ['mail', []],
  ['wire', []],
  ['sieve', []],
])

const drawers = /(^|\/)(utils?|common|helpers?|misc|shared|lib|types\.ts|index\.ts)(\/|$)/
const longestFileLines = 400

export function tidy(tree: Tree): Finding[] {
  const sources = [...tree.keys()].filter(path => path.endsWith('.ts'))
  return [
    ...sources.flatMap(path => nameFindings(path)),
    ...sources.flatMap(path => headFindings(path, tree.get(path) ?? '')),
    ...sources.flatMap(path => importFindings(path, tree)),
    ...circleFindings(sources, tree),
    ...dependencyFindings(tree),
    ...linkFindings(tree),
    ...wordFindings(tree),
  ]
}

function nameFindings(path: string): Finding[] {
  const findings: Finding[] = []
  const say = (message: string) => findings.push({ file: path, line: 1, message })
  if (drawers.test(path)) say('a drawer: name the file or folder after the one thing that it holds')
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|contract\.test|property\.test))?\.ts$/.test(name))
    say('name files in kebab-case, after the one thing they export')
  if (path.startsWith('src/') && floorOf(path) === undefined)
    say('no floor: give its folder a place in tools/tidy.ts and docs/architecture.md')
  return findings
}

function headFindings(path: string, text: string): Finding[] {
  const findings: Finding[] = []
  const isTest = path.endsWith('.test.ts')
  const body = text.startsWith('#!') ? text.slice(text.indexOf('\n') + 1) : text
  if (path.startsWith('src/') && !isTest && !/^\/[/*]/.test(body)) {
    findings.push({
      file: path,
      line: 1,
      message: 'begin with a head comment: what this file is, the RFC sections, the rule a caller must keep',
    })
  }
  const lines = text.split('\n').length
  if (path.startsWith('src/') && !isTest && lines > longestFileLines) {
    findings.push({
      file: path,
      line: lines,
      message: `${lines} lines: near ${longestFileLines} a file wants to be two, split along an idea`,
    })
  }
  return findings
}

interface Import {
  readonly specifier: string
  readonly line: number
}

/** The static and literal dynamic imports and re-exports of a file. */
export function importsOf(text: string): Import[] {
  const found: Import[] = []
  const pattern = /^(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm
  for (const match of text.matchAll(pattern)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    found.push({ specifier, line: text.slice(0, match.index).split('\n').length })
  }
  return found
}

/** A file's room: its place in `floors`, or undefined outside src/. */
function roomOf(path: string): string | undefined {
  if (!path.startsWith('src/')) return undefined
  const inside = path.slice('src/'.length)
  return floors.flat().find(room => inside === room || inside.startsWith(`${room}/`))
}

function floorOf(path: string): number | undefined {
  const room = roomOf(path)
  return room === undefined ? undefined : floors.findIndex(rooms => rooms.includes(room))
}

/** The project path that an import means; undefined for packages and node: modules. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return normalize(join(dirname(path), specifier))
  return undefined
}

function importFindings(path: string, tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const { specifier, line } of importsOf(tree.get(path) ?? '')) {
    const say = (message: string) => findings.push({ file: path, line, message })
    const target = targetOf(path, specifier)
    if (target === undefined) {
      if (!isTestFile(path)) pureFinding(path, specifier, say)
      continue
    }
    if (!tree.has(target)) say(`'${specifier}' is not there`)
    if (path.startsWith('src/')) floorFinding(path, target, specifier, say)
  }
  return findings
}

function isTestFile(path: string): boolean {
  return path.endsWith('.test.ts')
}

function pureFinding(path: string, specifier: string, say: (message: string) => void): void {
  const room = roomOf(path)?.split('/')[0]
  const allowed = room === undefined ? undefined : pure.get(room)
  if (allowed === undefined || allowed.includes(specifier)) return
  if (specifier.startsWith('node:'))
    say(`${room}/ is pure: reach the outside through a door of io/, passed in from above`)
}

function floorFinding(path: string, target: string, specifier: string, say: (message: string) => void): void {
  const [from, to] = [roomOf(path), roomOf(target)]
  if (from === to) {
    // From a folder inside the room only '#' leads back to the room.
    if (specifier.startsWith('#') && dirname(path) === dirname(target))
      say(`inside a folder import './…', not '${specifier}'`)
    return
  }
  // What several tests share has no place under src/.
  if (isTestFile(path) && target.startsWith('test/support/')) return
  if (specifier.startsWith('.') && !topLevel(path)) {
    say(`across folders import '#${target.slice('src/'.length)}'`)
    return
  }
  // A test may use what stands beside or above its subject's folder: it is read by nobody.
  if (isTestFile(path)) return
  const [own, other] = [floorOf(path), floorOf(target)]
  if (own === undefined || other === undefined) return
  if (other > own)
    say(`${from} (floor ${own}) may not import ${to} (floor ${other}): pass it in from above, or move the wall`)
  if (other === own) say(`${from} and ${to} stand on one floor: let what stands above them join the two`)
}

function topLevel(path: string): boolean {
  return path.split('/').length === 2
}

function circleFindings(sources: readonly string[], tree: Tree): Finding[] {
  const state = new Map<string, 'open' | 'done'>()
  const findings: Finding[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done' || !tree.has(path)) return
    if (state.get(path) === 'open') {
      const circle = [...trail.slice(trail.indexOf(path)), path].join(' → ')
      findings.push({ file: path, line: 1, message: `a circle: ${circle}. Move what both need to a file of its own` })
      return
    }
    state.set(path, 'open')
    for (const { specifier } of importsOf(tree.get(path) ?? '')) {
      const target = targetOf(path, specifier)
      if (target !== undefined) visit(target, [...trail, path])
    }
    state.set(path, 'done')
  }
  for (const path of sources) visit(path, [])
  return findings
}

function dependencyFindings(tree: Tree): Finding[] {
  const manifest = tree.get('package.json')
  if (manifest === undefined) return []
  const parsed: Record<string, Record<string, string> | undefined> = JSON.parse(manifest)
  const decisions = [...tree]
    .filter(([path]) => path.startsWith('docs/decisions/'))
    .map(([, text]) => text)
    .join('\n')
  return ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap(kind => Object.keys(parsed[kind] ?? {}))
    .filter(name => !decisions.includes(`\`${name}\``))
    .map(name => ({
      file: 'package.json',
      line: 1,
      message: `'${name}' has no line in docs/decisions/: what it saves, who keeps it, its licence, its cost`,
    }))
}

function linkFindings(tree: Tree): Finding[] {
  const findings: Finding[] = []
  const folders = new Set(
    [...tree.keys()].flatMap(path => path.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))),
  )
  for (const [path, text] of tree) {
    if (!path.endsWith('.md')) continue
    for (const match of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)) {
      const target = normalize(join(dirname(path), match[1] ?? '')).replace(/\/$/, '')
      if (tree.has(target) || folders.has(target)) continue
      findings.push({
        file: path,
        line: text.slice(0, match.index).split('\n').length,
        message: `the link to ${match[1]} leads nowhere`,
      })
    }
  }
  return findings
}

/** Comments are for readers of today: no promises, no leftovers. */
function wordFindings(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of tree) {
    if (!path.endsWith('.ts') || path.startsWith('tools/tidy')) continue
    text.split('\n').forEach((line, index) => {
      if (/\b(TODO|FIXME|XXX|HACK)\b/.test(line))
        findings.push({ file: path, line: index + 1, message: 'finish it, or write it into an issue' })
    })
  }
  return findings
}

/** The tree as git sees it: tracked files and new ones that are not ignored. */
export function readTree(root: string): Tree {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  const tree = new Map<string, string>()
  for (const path of listed.split('\0')) {
    if (path === '') continue
    try {
      tree.set(
        path,
        /\.(ts|js|json|md|txt|yml)$/.test(path) && !path.startsWith('test/corpus/')
          ? readFileSync(join(root, path), 'utf8')
          : '',
      )
    } catch {
      // Deleted in the working tree, not yet in git.
    }
  }
  return tree
}

if (import.meta.main) {
  const findings = tidy(readTree(join(import.meta.dirname, '..')))
  for (const { file, line, message } of findings) console.log(`${file}:${line}: ${message}`)
  process.exitCode = findings.length > 0 ? 1 : 0
}

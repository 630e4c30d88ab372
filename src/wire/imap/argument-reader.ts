// What reads a command's arguments.

import type { Cursor } from '#text/cursor.ts'
import type { Command } from './command.ts'
import type { Dialect } from './dialect.ts'

/** Begins behind the command's name, ends before the spaces at the command's end. Throws ParseError. */
export type ArgumentReader = (cursor: Cursor, tag: string, dialect: Dialect) => Command

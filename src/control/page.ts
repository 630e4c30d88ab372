// A part of a list, as the administration hands it out.

/** `next` asks for the part after it, undefined at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

export interface PageRequest {
  readonly after?: string
}

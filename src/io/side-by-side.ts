// What many sockets do in one turn of the event loop is done side by side: what they brought is handed on when all of them have been read, and
// what is written leaves when nobody has anything left to do. All sessions so come to a step of theirs one after the other, and find its code
// in the processor's caches. Nothing waits longer: all of it happens within the turn.

/** Runs it when all sockets that have something have been read. */
export function whenAllAreRead(step: () => void): void {
  if (afterReads.push(step) === 1) setImmediate(handOn)
}

/** Runs it when all that can be done without waiting for anything is done. */
export function whenAllIsDone(step: () => void): void {
  if (afterWork.push(step) === 1) process.nextTick(leave)
}

let afterReads: (() => void)[] = []
let afterWork: (() => void)[] = []

function handOn(): void {
  const steps = afterReads
  afterReads = []
  for (const step of steps) step()
}

function leave(): void {
  const steps = afterWork
  afterWork = []
  for (const step of steps) step()
}

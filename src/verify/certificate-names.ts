// Whether a name of a certificate is the name that was asked for (RFC 9525 6.3): a wildcard stands for the whole first label, once.

/** `asked` is a host name, or `*.` before one label less, as an MTA-STS policy may have it (RFC 8461 4.1). A-labels on both sides. */
export function fitsName(presented: string, asked: string): boolean {
  const [own, wanted] = [folded(presented), folded(asked)]
  if (own === '' || wanted === '') return false
  if (own === wanted) return true
  if (own.startsWith('*.') && !wanted.startsWith('*.')) return afterFirstLabel(wanted) === own.slice(2)
  if (wanted.startsWith('*.') && !own.startsWith('*.')) return afterFirstLabel(own) === wanted.slice(2)
  return false
}

function folded(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/** Undefined where there is nothing before or after the first dot; a wildcard right under the top is nobody's (`*.org`). */
function afterFirstLabel(name: string): string | undefined {
  const dot = name.indexOf('.')
  const rest = name.slice(dot + 1)
  return dot <= 0 || !rest.includes('.') ? undefined : rest
}

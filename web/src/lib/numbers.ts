/** Measured numbers as they are shown; what was not measured is a dash. */

/** Return days with one decimal place. */
export function days(value: number | null | undefined): string {
  return value === null || value === undefined ? '—' : value.toFixed(1)
}

/** Return a change in days, with its sign. */
export function moved(value: number | null | undefined): string {
  if (value === null || value === undefined) return '—'
  const told = Math.abs(value).toFixed(1)
  if (told === '0.0') return told
  return `${value > 0 ? '+' : '−'}${told}`
}

/** Return a part of the whole in whole per cent, which no line breaks. */
export function share(value: number | null | undefined): string {
  return value === null || value === undefined ? '—' : `${Math.round(value * 100)} %`
}

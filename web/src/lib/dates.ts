/** Days and moments as people here read them: Asia/Shanghai, GB/T 7408 order. */
const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
const MOMENT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
})

/** Return the local day (2026-03-18) of a moment, or a dash. */
export function day(moment: string | null | undefined): string {
  return moment ? DAY.format(new Date(moment)) : '—'
}

/** Return the local day and time (2026-03-18 09:05) of a moment, or a dash. */
export function time(moment: string | null | undefined): string {
  return moment ? MOMENT.format(new Date(moment)) : '—'
}

/** Expected ends, laid out by month. */
import type { Schemas } from '@/api/client'

type End = Required<Schemas['End']>

export interface Month {
  month: string // 2026-07; empty for what lies beyond the calendar
  even: End[] // done in it as likely as not
  sure: End[] // done by its end with four chances in five
}

/** Return the months in order, those without an end between two others too. */
export function byMonth(ends: End[]): Month[] {
  const found = new Map<string, Month>()
  const at = (date: string | null) => {
    const month = date?.slice(0, 7) ?? ''
    return found.get(month) ?? found.set(month, { month, even: [], sure: [] }).get(month)!
  }
  for (const end of ends) {
    at(end.p50).even.push(end)
    at(end.p80).sure.push(end)
  }
  const known = [...found.keys()].filter(Boolean).sort()
  for (let month = known[0]; month !== undefined && month < known.at(-1)!; month = after(month)) at(`${month}-01`)
  return [...found.values()].sort((a, b) => (a.month || '9').localeCompare(b.month || '9'))
}

function after(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

/** The bars of a Gantt chart: planned, happened, expected. No rule: dates as they come. */
import type { Schemas } from '@/api/client'

type Item = Schemas['ItemProgress']

export interface Bar {
  row: number
  kind: 'waited' | 'done' | 'running' | 'late' | 'pause' | 'planned' | 'p50' | 'p80' | 'p95'
  from: number // ms since 1970
  to: number
}

export interface Row {
  item: string
  name: { zh: string; en: string }
  stage: number
}

const DAY = 86_400_000
const LEVELS = ['p50', 'p80', 'p95'] as const
const noon = (day: string) => Date.parse(`${day}T12:00:00+08:00`)

/** Return rows and bars of every item that was filed, in order of filing. */
export function chart(stages: Schemas['StageProgress'][], today: string): { rows: Row[]; bars: Bar[] } {
  const found = stages
    .flatMap((stage) => stage.items.map((item) => ({ stage: stage.stage, item })))
    .filter(({ item }) => item.filed_at !== null)
    .sort((a, b) => a.item.filed_at!.localeCompare(b.item.filed_at!))
  return {
    rows: found.map(({ stage, item }) => ({ stage, item: item.item, name: item.name })),
    bars: found.flatMap(({ item }, row) => bars(item, row, noon(today))),
  }
}

/** Return the fan of each thing that is to come, from *today*, a row each below *above* rows. */
export function fan(expected: Schemas['Expected'][], above: number, today: string): Bar[] {
  const now = noon(today)
  return expected.flatMap(({ dates }, at) => {
    const ends = LEVELS.map((kind) => ({ kind, to: dates[kind] === null ? null : noon(dates[kind]) + DAY / 2 }))
    const known = ends.filter((end): end is { kind: (typeof LEVELS)[number]; to: number } => end.to !== null)
    return known.map(({ kind, to }, place) => ({ row: above + at, kind, from: known[place - 1]?.to ?? now, to }))
  })
}

/** Return where the line of time begins and ends, and whole weeks between at most *most* labels. */
export function reach(found: Bar[], most: number): { min: number; max: number; interval: number } {
  const min = Math.min(...found.map((bar) => bar.from))
  const max = Math.max(...found.map((bar) => bar.to))
  return { min, max, interval: Math.max(1, Math.ceil((max - min) / DAY / 7 / most)) * 7 * DAY }
}

function bars(item: Item, row: number, now: number): Bar[] {
  const filed = Date.parse(item.filed_at!)
  const accepted = item.accepted_at === null ? null : Date.parse(item.accepted_at)
  const ended = item.ended_at ?? item.decided_at
  const end = ended === null ? Math.max(now, filed) : Date.parse(ended)
  const kind = ended === null ? 'running' : 'done'
  const due = item.committed?.due ? noon(item.committed.due) + DAY / 2 : null
  const begun = accepted ?? filed
  const over = item.committed?.lamp === 'red' && due !== null && due < end ? Math.max(due, begun) : end
  return [
    ...(due !== null && accepted !== null ? [{ row, kind: 'planned' as const, from: accepted, to: due }] : []),
    ...(accepted !== null && accepted > filed ? [{ row, kind: 'waited' as const, from: filed, to: accepted }] : []),
    { row, kind: accepted === null && ended === null ? 'waited' : kind, from: begun, to: over },
    ...(over < end ? [{ row, kind: 'late' as const, from: over, to: end }] : []),
    ...item.stops.map((stop) => ({
      row,
      kind: 'pause' as const,
      from: Date.parse(stop.since),
      to: stop.until === null ? Math.max(now, Date.parse(stop.since)) : Date.parse(stop.until),
    })),
  ]
}

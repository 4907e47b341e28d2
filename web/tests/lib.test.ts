/** What the pages compute themselves: no rule of the office, only how things are shown. */
import { describe, expect, test } from 'vitest'
import en from '../src/i18n/en.json'
import zh from '../src/i18n/zh.json'
import { shared, toggled } from '../src/lib/common'
import { day, time } from '../src/lib/dates'
import { narrowed, put, read } from '../src/lib/filters'
import { chart, reach } from '../src/lib/gantt'
import { days } from '../src/lib/notice'
import { reader } from '../src/lib/sse'

type Tree = { [key: string]: string | Tree }

const leaves = (tree: Tree, above = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[above + key, value] as [string, string]] : leaves(value, `${above}${key}.`),
  )
const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((each) => each[1]))].sort()

describe('The texts', () => {
  const english = new Map(leaves(en))

  test('are there in both languages, with the same places', () => {
    expect([...english.keys()].sort()).toEqual(leaves(zh).map(([key]) => key).sort())
    for (const [key, text] of leaves(zh)) expect([key, places(english.get(key)!)]).toEqual([key, places(text)])
  })
  test('are English in English', () => {
    const wrong = [...english].filter(([key, text]) => /\p{Script=Han}/u.test(text) && key !== 'app.language')
    expect(wrong).toEqual([])
  })
})

describe('A stream of events', () => {
  test('is read whatever the pieces it comes in', () => {
    const whole = 'retry: 3000\n: 0\n\nid: 5\nevent: news\ndata: {"a": 1}\n\n: alive\n\nid: 6\ndata: b\n\n'
    for (let size = 1; size <= whole.length; size += 1) {
      const read = reader()
      const found = []
      for (let at = 0; at < whole.length; at += size) found.push(...read(whole.slice(at, at + size)))
      expect(found).toEqual([
        { id: '5', data: '{"a": 1}' },
        { id: '6', data: 'b' },
      ])
    }
  })
})

describe('Choices', () => {
  test('in common keep the order of the first', () => {
    expect(shared([['a', 'b', 'c'], ['c', 'a']])).toEqual(['a', 'c'])
    expect(shared([])).toEqual([])
  })
  test('are put in and taken out', () => {
    expect([...toggled(new Set([1]), 2)]).toEqual([1, 2])
    expect([...toggled(new Set([1]), 1)]).toEqual([])
  })
})

describe('Saved filters', () => {
  const one = { name: '规划局', scope: 'all', lamp: null, department: 'natural_resources', township: '' } as const
  test('come back as they were kept', () => {
    expect(read(JSON.stringify([one]))).toEqual([one])
  })
  test('that are none are left out', () => {
    expect(read(null)).toEqual([])
    expect(read('no list')).toEqual([])
    expect(read(JSON.stringify([one, { ...one, scope: 'theirs' }, null, 7]))).toEqual([one])
  })
  test('of one name replace each other', () => {
    const other = { ...one, name: 'a', scope: 'mine' as const }
    expect(put([one, other], { ...one, township: 'town-a' })).toEqual([other, { ...one, township: 'town-a' }])
  })
})

describe('What is asked of the list', () => {
  const filter = { scope: 'mine' as const, lamp: null, department: '', township: '' }
  test('leaves out what is not narrowed', () => {
    expect(narrowed(filter)).toEqual({ mine: true })
    expect(narrowed({ ...filter, scope: 'all', department: 'd', township: 't' })).toEqual({ mine: false, department: 'd', township: 't' })
  })
  test("leaves an agent's projects to the server", () => {
    expect(narrowed({ ...filter, scope: 'followed' })).toEqual({})
  })
})

describe('Days', () => {
  test('are those of Shanghai', () => {
    expect(day('2026-03-17T16:30:00+00:00')).toBe('2026-03-18')
    expect(time('2026-03-18T01:05:00+00:00')).toBe('2026-03-18 09:05')
    expect(day(null)).toBe('—')
  })
  test('of a notice are read however they are parted', () => {
    expect(days('2027-01-02,2027-01-01、2027-01-01\n 2027-02-08；')).toEqual(['2027-01-01', '2027-01-02', '2027-02-08'])
  })
})

describe('A Gantt chart', () => {
  const clock = (lamp: string, due: string | null) => ({ lamp, due })
  const item = (filed: string | null, accepted: string | null, ended: string | null, committed: unknown, stops: unknown[] = []) =>
    ({ item: 'S1-01', name: { zh: '', en: '' }, filed_at: filed, accepted_at: accepted, decided_at: null, ended_at: ended, committed, stops }) as never
  const kinds = (...items: never[]) =>
    chart([{ stage: 1, items }] as never, '2026-03-20').bars.map(({ row, kind }) => [row, kind])
  const [early, late] = ['2026-03-02T01:00:00Z', '2026-03-04T01:00:00Z']

  test('shows filed items only, the first filed on top', () => {
    const { rows } = chart(
      [{ stage: 1, items: [item(late, null, null, null), item(null, null, null, null), item(early, null, null, null)] }] as never,
      '2026-03-20',
    )
    expect(rows.length).toBe(2)
  })
  test('has few labels, whole weeks apart', () => {
    const bar = (from: number, to: number) => ({ row: 0, kind: 'done' as const, from, to })
    const week = 7 * 86_400_000
    expect(reach([bar(0, week), bar(week, 3 * week)], 10)).toEqual({ min: 0, max: 3 * week, interval: week })
    expect(reach([bar(0, 40 * week)], 10).interval).toBe(4 * week)
  })
  test('tells what was planned from what happened', () => {
    expect(kinds(item(early, late, '2026-03-10T01:00:00Z', clock('green', '2026-03-12')))).toEqual([
      [0, 'planned'],
      [0, 'waited'],
      [0, 'done'],
    ])
    expect(kinds(item(early, late, null, clock('red', '2026-03-05')))).toContainEqual([0, 'late'])
    expect(kinds(item(early, null, null, null))).toEqual([[0, 'waited']])
  })
  test('is red after the last day only, and shows where the clock stood still', () => {
    const stop = { kind: 'supplement', since: '2026-03-06T01:00:00Z', until: null }
    const { bars } = chart([{ stage: 1, items: [item(early, late, null, clock('red', '2026-03-10'), [stop])] }] as never, '2026-03-20')
    const of = (kind: string) => bars.find((bar) => bar.kind === kind)!
    expect(of('late').from).toBe(of('planned').to)
    expect(of('running').to).toBe(of('late').from)
    expect(of('pause').from).toBe(Date.parse(stop.since))
    expect(of('pause').to).toBe(of('late').to)
  })
})

/** What the planner's pages compute themselves: drafts, months, numbers; no rule of the office. */
import { describe, expect, test } from 'vitest'
import { byMonth } from '../src/lib/finishing'
import { fan } from '../src/lib/gantt'
import { days, moved, share } from '../src/lib/numbers'
import { advised, columns, count, filename, movesOf, type Board } from '../src/lib/scenario'

const card = (item: string, was: string, more = {}) => ({
  item, was, coupling: was, dropped: false, stage: 1, name: { zh: '', en: '' }, department: 'd', pulled_by: null, waits_for: [], limit_days: 5, share: 1, ...more,
})
const board = {
  policy: 'chosen', mode: 'rounds', slots: 2,
  items: [card('S1-01', 'serial'), card('S1-02', 'pairable'), card('S1-03', 'pairable', { dropped: true }), card('S2-01', 'free', { stage: 2 })],
  moves: ['S1-02:free', 'S2-01:D05', 'S1-01:D03'],
} as unknown as Board

describe('A plan', () => {
  test('counts what it changes, its name not', () => {
    expect(count([])).toBe(0)
    expect(count([{ what: 'name', of: null, to: '甲' }, { what: 'slots', of: null, to: '3' }])).toBe(1)
  })
  test('tells the advice of the moves of one stage', () => {
    expect(movesOf(board, 1)).toBe('S1-02:free,S1-01:D03')
    expect(movesOf(board, 3)).toBe('')
  })
  test('takes over what is advised', () => {
    const moves = [{ item: 'S1-02', to: 'free', document: null }, { item: 'S2-01', to: null, document: 'D05' }] as const
    expect(advised([...moves])).toEqual([
      { what: 'class', of: 'S1-02', to: 'free' },
      { what: 'need', of: 'S2-01:D05', to: 'soft' },
    ])
  })
  test('is saved under a name that a disk takes', () => {
    expect(filename('甲 / 乙: "丙"?', 'toml')).toBe('甲-乙-丙-.toml')
    expect(filename('', 'json')).toBe('scenario.json')
  })
})

test('A board has each card of a stage in one column', () => {
  const found = columns(board, 1)
  expect(Object.entries(found).map(([name, cards]) => [name, cards.map((each) => each.item)])).toEqual([
    ['mandated', []],
    ['pairable', ['S1-02']],
    ['free', []],
    ['serial', ['S1-01']],
    ['dropped', ['S1-03']],
  ])
})

test('Ends are laid out by month, empty months between them too', () => {
  const end = (code: string, p50: string | null, p80: string | null) => ({ code, p50, p80 }) as never
  const found = byMonth([end('a', '2026-11-03', '2027-01-05'), end('b', '2026-11-20', null)])
  expect(found.map((each) => [each.month, each.even.length, each.sure.length])).toEqual([
    ['2026-11', 2, 0],
    ['2026-12', 0, 0],
    ['2027-01', 0, 1],
    ['', 0, 1],
  ])
})

test('A fan begins today and goes on from one level to the next', () => {
  const found = fan([{ dates: { p50: '2026-03-05', p80: '2026-03-09', p95: null } }] as never, 4, '2026-03-02')
  expect(found.map(({ row, kind }) => [row, kind])).toEqual([[4, 'p50'], [4, 'p80']])
  expect(found[0]!.to).toBe(found[1]!.from)
  expect(found[0]!.from).toBe(Date.parse('2026-03-02T12:00:00+08:00'))
})

test('Numbers are told as people read them', () => {
  expect([days(null), days(3.14), moved(-0.04), moved(-1.26), moved(2), share(0.805)]).toEqual(['—', '3.1', '0.0', '−1.3', '+2.0', '81\u00a0%'])
})

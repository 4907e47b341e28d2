/** What the planner's pages compute themselves: drafts, months, numbers; no rule of the office. */
import { describe, expect, test } from 'vitest'
import { byMonth } from '../src/lib/finishing'
import { fan } from '../src/lib/gantt'
import { days, moved, share } from '../src/lib/numbers'
import { changes, columns, draftOf, file, moved as put, read, staffed, type Board } from '../src/lib/scenario'

const card = (item: string, was: string, more = {}) => ({
  item, was, coupling: was, dropped: false, stage: 1, name: { zh: '', en: '' }, department: 'd', pulled_by: null, waits_for: [], limit_days: 5, share: 1, ...more,
})
const board = {
  policy: 'chosen', mode: 'rounds', slots: 2,
  items: [card('S1-01', 'serial'), card('S1-02', 'pairable'), card('S1-03', 'pairable', { dropped: true }), card('S2-01', 'free', { stage: 2 })],
  departments: [{ department: 'd', reviewers: 3, busy: 0.5, name: { zh: '', en: '' } }, { department: 'e', reviewers: null, busy: null, name: { zh: '', en: '' } }],
} as unknown as Board
const two = board.items[1]!
const blank = draftOf(board, 'district')

describe('A draft', () => {
  test('says nothing that it does not change', () => {
    expect(JSON.parse(file(blank))).toEqual({ version: 1, name: 'mine' })
    expect(changes(blank)).toBe(0)
  })
  test('says where a card has gone, and forgets it when it is back', () => {
    const freed = put(blank, two, 'free')
    expect(JSON.parse(file(freed)).catalogue).toEqual({ couplings: { 'S1-02': 'free' } })
    expect(put(freed, two, 'pairable')).toEqual(blank)
  })
  test('does not change what it drops', () => {
    const limited = { ...put(blank, two, 'free'), limits: { 'S1-02': 3 } }
    expect(JSON.parse(file(put(limited, two, 'dropped'))).catalogue).toEqual({ dropped: ['S1-02'] })
    expect(put(put(blank, two, 'dropped'), two, 'free').dropped).toEqual([])
  })
  test('says which needs it makes soft', () => {
    const soft = JSON.parse(file({ ...blank, softened: ['S1-02:D05'] }))
    expect(soft.catalogue).toEqual({ needs: [{ item: 'S1-02', document: 'D05', hard: false }] })
  })
  test('names every department once one is changed', () => {
    const file_ = JSON.parse(file(staffed(blank, board, 'd', 4)))
    expect(file_.departments).toEqual({ d: { reviewers: 4 }, e: { reviewers: null } })
  })
  test('keeps all of the scenario that it lies upon', () => {
    const tree = { name: 'fitted', chances: { refused: 0.1, committed: 0 }, departments: { d: { closed: [4], reviewers: 3 }, f: { reviewers: 9 } } }
    const made = JSON.parse(file({ ...staffed(draftOf(board, 'fitted', tree), board, 'd', 4), committed: 0.5 }))
    expect(made.chances).toEqual({ refused: 0.1, committed: 0.5 })
    expect(made.departments).toEqual({ d: { closed: [4], reviewers: 4 }, e: { reviewers: null }, f: { reviewers: 9 } })
    expect(made.name).toBe('mine')
  })
  test('comes back from its file', () => {
    const kept = file({ ...put(blank, two, 'dropped'), softened: ['S1-02:D05'], supplement: 0.2 })
    expect(file(read(kept))).toBe(kept)
    expect(read(kept).dropped).toEqual(['S1-02'])
  })
  test('begins with what a built-in scenario changes', () => {
    const free = { ...board, items: [card('S1-02', 'pairable', { coupling: 'free' })] } as unknown as Board
    const begun = draftOf(free, 'all_free')
    expect(begun.couplings).toEqual({ 'S1-02': 'free' })
    expect(begun.pairing).toEqual({ policy: 'chosen', mode: 'rounds', slots: 2 })
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
  expect([days(null), days(3.14), moved(-0.04), moved(-1.26), moved(2), share(0.805)]).toEqual(['—', '3.1', '0.0', '−1.3', '+2.0', '81 %'])
})

/** A planner's board as it is shown. What a change brings along, and what it may be, the server says. */
import type { Schemas } from '@/api/client'

export type Board = Schemas['Board']
export type Change = Schemas['PlanChange']
export const COLUMNS = ['mandated', 'pairable', 'free', 'serial', 'dropped'] as const
export type Column = (typeof COLUMNS)[number]

/** What a scenario can begin from; the first is made of the office's own facts. */
export const BASES = ['fitted', 'district', 'one_by_one', 'drawn', 'planned', 'rolling', 'all_free'] as const

/** A move as the advice on classes has it: an item's class, or a need that is soft from then on. */
export type Move = Pick<Schemas['RankedMove'], 'item' | 'to' | 'document'>

/** What a plan is called until it is given a name, in every language. */
export const MINE = 'mine'

/** Return the cards of each column of a stage, in the catalogue's order. */
export function columns(board: Board, stage: number): Record<Column, Schemas['Card'][]> {
  const here = board.items.filter((card) => card.stage === stage)
  const column = (name: Column) => here.filter((card) => (card.dropped ? 'dropped' : card.coupling) === name)
  return Object.fromEntries(COLUMNS.map((name) => [name, column(name)])) as Record<Column, Schemas['Card'][]>
}

/** Return how many things a plan changes; what it is called is none of them. */
export function count(changes: Change[]): number {
  return changes.filter((each) => each.what !== 'name').length
}

/** Return the moves of a stage's items as the advice on classes takes them. */
export function movesOf(board: Board, stage: number): string {
  const here = new Set(board.items.filter((card) => card.stage === stage).map((card) => card.item))
  return board.moves.filter((move) => here.has(move.split(':')[0]!)).join(',')
}

/** Return the changes that moves of the advice stand for. */
export function advised(moves: Move[]): Change[] {
  return moves.map(({ item, to, document }) =>
    to === null ? { what: 'need', of: `${item}:${document}`, to: 'soft' } : { what: 'class', of: item, to },
  )
}

/** Return a file's name that holds nothing which a disk would not take. */
export function filename(name: string, kind: string): string {
  return `${name.replace(/[\\/:*?"<>|\s]+/g, '-').slice(0, 60) || 'scenario'}.${kind}`
}

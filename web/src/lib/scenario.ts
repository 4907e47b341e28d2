/** A planner's draft, and the scenario file that it makes. What it may be, the server says. */
import type { Schemas } from '@/api/client'

export type Board = Schemas['Board']
export type Coupling = Schemas['Card']['coupling']
export const COLUMNS = ['mandated', 'pairable', 'free', 'serial', 'dropped'] as const
export type Column = (typeof COLUMNS)[number]

/** What a scenario can begin from; the first is made of the office's own facts. */
export const BASES = ['fitted', 'district', 'one_by_one', 'drawn', 'planned', 'rolling', 'all_free'] as const
export type Base = (typeof BASES)[number]

/** A scenario file as it was read; what is in it, the server says. */
export interface Tree {
  name?: string
  catalogue?: {
    couplings?: Record<string, Coupling>
    dropped?: string[]
    limits?: Record<string, number>
    needs?: { item: string; document: string; hard: boolean }[]
  }
  departments?: Record<string, object>
  [part: string]: unknown
}

/** What a plan is called until it is given a name, in every language. */
export const MINE = 'mine'

export interface Draft {
  name: string
  tree: Tree // what it lies upon; empty: the example district
  couplings: Record<string, Coupling>
  dropped: string[]
  limits: Record<string, number>
  softened: string[] // "S4-14:D76": the item may start without the document
  pairing: { policy?: Board['policy']; mode?: Board['mode']; slots?: number | 'unlimited' }
  reviewers: Record<string, number | null> // all of them, or none where none was changed
  precheck?: number
  committed?: number
  supplement?: number
}

/** Return the draft that a built-in scenario stands for, laid out as *board*. */
export function draftOf(board: Board, base: Base, tree: Tree = {}): Draft {
  const moved = board.items.filter((card) => card.coupling !== card.was)
  const pairing = { policy: board.policy, mode: board.mode, slots: board.slots ?? ('unlimited' as const) }
  return {
    name: MINE,
    tree,
    couplings: Object.fromEntries(moved.map((card) => [card.item, card.coupling])),
    dropped: [],
    limits: {},
    softened: [],
    pairing: base === 'fitted' || base === 'district' ? {} : pairing,
    reviewers: {},
  }
}

/** Return the draft that a saved file stands for. */
export function read(text: string): Draft {
  const tree = JSON.parse(text) as Tree
  const { couplings = {}, dropped = [], limits = {}, needs = [] } = tree.catalogue ?? {}
  const softened = needs.filter((each) => !each.hard).map((each) => `${each.item}:${each.document}`)
  return { name: tree.name ?? MINE, tree, couplings, dropped, limits, softened, pairing: {}, reviewers: {} }
}

/** Return the draft after an item went to a column; back where the catalogue has it is no change. */
export function moved(draft: Draft, card: Schemas['Card'], to: Column): Draft {
  const { [card.item]: _, ...couplings } = draft.couplings
  const { [card.item]: limit, ...limits } = draft.limits
  const dropped = draft.dropped.filter((each) => each !== card.item)
  if (to === 'dropped') return { ...draft, couplings, limits, dropped: [...dropped, card.item] }
  if (to !== card.was) couplings[card.item] = to
  return { ...draft, couplings, dropped, limits: limit === undefined ? limits : draft.limits }
}

/** Return the draft with one department's people changed; a file names all of them or none. */
export function staffed(draft: Draft, board: Board, department: string, reviewers: number): Draft {
  const all = Object.fromEntries(board.departments.map((each) => [each.department, each.reviewers]))
  return { ...draft, reviewers: { ...all, ...draft.reviewers, [department]: reviewers } }
}

/** Return how many things a draft changes. */
export function changes(draft: Draft): number {
  const set = [draft.precheck, draft.committed, draft.supplement].filter((each) => each !== undefined)
  return (
    Object.keys(draft.couplings).length +
    draft.dropped.length +
    Object.keys(draft.limits).length +
    draft.softened.length +
    Object.keys(draft.pairing).length +
    (Object.keys(draft.reviewers).length ? 1 : 0) +
    set.length
  )
}

/** Return the scenario file of a draft, as `abreast simulate` and the interface take it. */
export function file(draft: Draft): string {
  const { tree, couplings, dropped, limits, softened, pairing, reviewers, precheck, committed, supplement } = draft
  const needs = softened.map((each) => {
    const [item, document] = each.split(':')
    return { item, document, hard: false }
  })
  const staff = Object.entries(reviewers).map(([code, number]) => [code, { ...tree.departments?.[code], reviewers: number }])
  return JSON.stringify(
    {
      ...tree,
      version: 1,
      name: draft.name,
      catalogue: some({
        ...(some(couplings) && { couplings }),
        ...(dropped.length && { dropped }),
        ...(some(limits) && { limits }),
        ...(needs.length && { needs }),
      }),
      pairing: over(tree.pairing, pairing),
      departments: over(tree.departments, Object.fromEntries(staff)),
      agents: over(tree.agents, { ...(precheck !== undefined && { precheck }) }),
      chances: over(tree.chances, { ...(committed !== undefined && { committed }), ...(supplement !== undefined && { supplement }) }),
    },
    null,
    2,
  )
}

const some = <T extends object>(part: T) => (Object.keys(part).length ? part : undefined)
const over = (below: unknown, part: object) => some({ ...(below as object | undefined), ...part })

/** Return the cards of each column of a stage, in the catalogue's order. */
export function columns(board: Board, stage: number): Record<Column, Schemas['Card'][]> {
  const here = board.items.filter((card) => card.stage === stage)
  const column = (name: Column) => here.filter((card) => (card.dropped ? 'dropped' : card.coupling) === name)
  return Object.fromEntries(COLUMNS.map((name) => [name, column(name)])) as Record<Column, Schemas['Card'][]>
}

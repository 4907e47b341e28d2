/** A table that is a list of small cards on a telephone: each cell wears the heading of its column. */
import type { Directive } from 'vue'

const NOTHING = '—'
const ARROWS = / ?[▲▼]/
const text = (cell: Element) => cell.textContent!.replace(ARROWS, '').trim()

/** Name the cells of every whole row; the first column names the row itself. */
function label(table: HTMLTableElement): void {
  table.classList.add('stacked')
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])]
  for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
    if (row.cells.length !== heads.length) continue
    for (const [at, cell] of [...row.cells].entries()) {
      const head = heads[at]!
      const told = text(cell)
      const named = at > 0 && cell.tagName === 'TD' && head.querySelector('.hidden') === null && told !== ''
      cell.toggleAttribute('data-empty', named && told === NOTHING)
      if (named) cell.dataset['label'] = text(head)
      else delete cell.dataset['label']
    }
  }
}

export const stacked: Directive<HTMLTableElement> = { mounted: label, updated: label }

/** What a visitor of a demonstration has done of the first five minutes, kept for this visit. */
import { computed, ref } from 'vue'
import { persona } from './persona'

/** A step that is more than a look at a page. */
export type Deed = 'task' | 'pair' | 'several' | 'push' | 'feed' | 'file' | 'whatIf'

const KEPT = 'abreast.minutes'
// Orders of the interface that are such a step, by their address in the contract.
const ORDERS: Record<string, Deed> = {
  '/api/v1/projects/{code}/tasks/{unit}/{item}/{attempt}/{step}/complete': 'task',
  '/api/v1/projects/{code}/stages/{stage}/file': 'task',
  '/api/v1/projects/{code}/items/{item}/file': 'task',
  '/api/v1/projects/{code}/items/{item}/answer': 'task',
  '/api/v1/projects/{code}/pairs': 'pair',
  '/api/v1/projects/{code}/stages/{stage}/pairs/draw': 'pair',
  '/api/v1/tasks/bulk': 'several',
  '/api/v1/people/me/calendar': 'feed',
  '/api/v1/what-ifs': 'whatIf',
}
const all = ref(read(sessionStorage.getItem(KEPT)))
const mine = computed(() => persona.value ?? '')

/** What has been done as the person that the visitor plays. */
export const done = computed<ReadonlySet<string>>(() => new Set(all.value[mine.value]))

/** Keep that something was done, a deed or a look at a page, by whom a demonstration's visitor plays. */
export function did(what: string): void {
  if (persona.value === null || done.value.has(what)) return
  all.value = { ...all.value, [mine.value]: [...done.value, what] }
  sessionStorage.setItem(KEPT, JSON.stringify(all.value))
}

/** Keep an order that was carried out, if it is one of the steps. */
export function ordered(address: string): void {
  const deed = ORDERS[address]
  if (deed !== undefined) did(deed)
}

/** Return what is kept, by person; nothing of what is no such list. */
function read(text: string | null): Record<string, string[]> {
  try {
    const found = JSON.parse(text ?? '{}') as unknown
    const lists = Object.entries((found ?? {}) as Record<string, unknown>)
    return Object.fromEntries(lists.filter((each): each is [string, string[]] => Array.isArray(each[1])))
  } catch {
    return {}
  }
}

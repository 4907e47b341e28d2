/** Filters of the work list that somebody gave a name, kept in this browser for each person. */
import { ref, watch, type Ref } from 'vue'

export const SCOPES = ['mine', 'followed', 'all'] as const
export type Scope = (typeof SCOPES)[number]

export interface Filter {
  scope: Scope
  lamp: string | null
  department: string
  township: string
}
export interface Named extends Filter {
  name: string
}

/** Return what a filter asks of the list; left out, `mine` means an agent's projects as well. */
export function narrowed({ scope, department, township }: Filter) {
  return {
    ...(scope === 'followed' ? {} : { mine: scope === 'mine' }),
    ...(department ? { department } : {}),
    ...(township ? { township } : {}),
  }
}

const KEPT = 'abreast.filters'

/** Return what is kept under a name, without what is no filter any more. */
export function read(text: string | null): Named[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(found) ? found.filter(isNamed) : []
  } catch {
    return []
  }
}

function isNamed(one: unknown): one is Named {
  const { name, scope, lamp, department, township } = (one ?? {}) as Record<string, unknown>
  return (
    [name, department, township].every((each) => typeof each === 'string') &&
    (lamp === null || typeof lamp === 'string') &&
    SCOPES.some((each) => each === scope)
  )
}

/** Return the list with a filter in it, in the place of one of the same name. */
export function put(list: Named[], one: Named): Named[] {
  return [...list.filter((each) => each.name !== one.name), one].sort((a, b) => a.name.localeCompare(b.name))
}

/** Return the saved filters of *whose*, kept as they change. */
export function useFilters(whose: Ref<string>): Ref<Named[]> {
  const place = () => `${KEPT}.${whose.value}`
  const list = ref<Named[]>([])
  watch(whose, () => (list.value = read(localStorage.getItem(place()))), { immediate: true })
  watch(list, (now) => localStorage.setItem(place(), JSON.stringify(now)))
  return list
}

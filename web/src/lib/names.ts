/** Names of items and departments: read once from the catalogue, shown everywhere. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, taken } from '@/api/client'
import { said } from '@/i18n'

const FOREVER = { staleTime: Infinity, gcTime: Infinity }

/** Return functions that name items, departments and flow types in the language on screen. */
export function useNames() {
  const items = useQuery({
    queryKey: ['catalogue', 'items'],
    queryFn: () => taken(api.GET('/api/v1/catalogue/items')),
    ...FOREVER,
  })
  const whole = useQuery({
    queryKey: ['catalogue'],
    queryFn: () => taken(api.GET('/api/v1/catalogue')),
    ...FOREVER,
  })
  const byCode = computed(() => new Map(items.data.value?.data.map((each) => [each.code, each.name])))
  const departments = computed(
    () => new Map(whole.data.value?.departments.map((each) => [each.code, each.name])),
  )
  const flows = computed(() => new Map(whole.data.value?.flows.map((each) => [String(each.code), each.name])))
  const named = (known: Map<string, { zh: string; en: string }>, code: string) => {
    const name = known.get(code)
    return name ? said(name) : code
  }
  return {
    item: (code: string) => named(byCode.value, code),
    department: (code: string) => named(departments.value, code),
    flows: computed(() => [...flows.value.keys()]),
    flow: (code: string | number) => named(flows.value, String(code)),
  }
}

/** What limits and rules rest on, by the keys that clocks name. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, taken } from '@/api/client'
import { said } from '@/i18n'

/** Return a function that names a source in the language on screen; behind a blank a key may carry a version. */
export function useSources(): (key: string) => string {
  const sources = useQuery({
    queryKey: ['catalogue', 'sources'],
    queryFn: () => taken(api.GET('/api/v1/catalogue/sources')),
    staleTime: Infinity,
    gcTime: Infinity,
  })
  const known = computed(() => new Map(sources.data.value?.data.map((each) => [each.code, each.name])))
  return (key) => {
    const name = known.value.get(key.split(' ')[0]!)
    return name ? said(name) : key
  }
}

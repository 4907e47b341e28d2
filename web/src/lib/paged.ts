/** Lists that come a page at a time, as one growing list of rows. */
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

interface Page<Row> {
  data: Row[]
  next: string | null
}

/** Return the list and its rows so far; *ask* is given where the last page ended. */
export function usePaged<Row>(queryKey: unknown[], ask: (place: { cursor?: string }) => Promise<Page<Row>>) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => ask(pageParam ? { cursor: pageParam } : {}),
    initialPageParam: '',
    getNextPageParam: (last: Page<Row>) => last.next,
  })
  const rows = computed(() => list.data.value?.pages.flatMap((page) => page.data) ?? [])
  return { list, rows }
}

/** Any such list, whatever its rows are. */
export type Paged = ReturnType<typeof usePaged<unknown>>

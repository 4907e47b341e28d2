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
  const pages = () => list.data.value?.pages ?? []
  const rows = computed(() => pages().flatMap((page) => page.data))

  /** Ask for the next page: after news that are being read, and again where news ended the asking. */
  async function more(): Promise<void> {
    const held = pages().length
    do await list.fetchNextPage({ cancelRefetch: false })
    while (pages().length === held && list.hasNextPage.value && !list.isError.value)
  }
  return { list, rows, more }
}

/** Any such list, whatever its rows are. */
export type Paged = ReturnType<typeof usePaged<unknown>>

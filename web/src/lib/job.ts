/** A piece of work in the background: looked at until it ends, called off. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, taken, type Schemas } from '@/api/client'
import { keyed, useOrder } from './order'

const LOOK = 1000 // ms
const open = (job: Schemas['Job'] | undefined) => job === undefined || job.ended_at === null

/** Return how far the job is, whether it still runs, and what calls it off. */
export function useJob(job: string) {
  const { order, busy } = useOrder()
  const asked = useQuery({
    queryKey: ['job', job],
    queryFn: () => taken(api.GET('/api/v1/jobs/{job}', { params: { path: { job } } })),
    refetchInterval: (query) => (open(query.state.data) ? LOOK : false),
  })
  const running = computed(() => open(asked.data.value))
  const cancel = () =>
    order(() => taken(api.POST('/api/v1/jobs/{job}/cancel', { params: { path: { job }, header: keyed() }, body: {} })))
  return { job: asked, running, cancel, busy }
}

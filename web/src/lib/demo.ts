/** The clock of a demonstration: which day it is there, and a push to a later one. */
import { useQuery } from '@tanstack/vue-query'

const LOOK = 700 // ms between two looks at a push that goes on

interface Day {
  today: string
  push: { id: string; done: number; days: number } | null
}

/** Return the question which day it is there, unanswered outside a demonstration, and the push. */
export function useDemo(end: () => string) {
  async function asked(days?: number): Promise<Day> {
    const body = days === undefined ? {} : { method: 'POST', body: new URLSearchParams({ days: String(days) }) }
    const answer = await fetch('/demo/clock', { headers: { Accept: 'application/json' }, ...body })
    if (!answer.ok) throw new Error(end())
    return (await answer.json()) as Day
  }
  const clock = useQuery({
    queryKey: ['demo'],
    queryFn: () => asked(),
    refetchInterval: ({ state }) => (state.data?.push ? LOOK : false),
  })
  return { clock, push: asked }
}

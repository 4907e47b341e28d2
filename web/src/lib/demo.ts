/** The clock of a demonstration: which day it is there, and a push to a later one. */
import { useQuery } from '@tanstack/vue-query'

const LOOK = 700 // ms between two looks at a push that goes on
const SLOWLY = 5000 // while the past comes in

interface Day {
  today: string
  push: { id: string; done: number; days: number } | null
  past: { done: number; shelves: number | null } | null // years that still come in
  foreseen: boolean // no first forecasts are being made
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
    refetchInterval: ({ state: { data } }) => (data?.push ? LOOK : data?.past || data?.foreseen === false ? SLOWLY : false),
  })
  return { clock, push: asked }
}

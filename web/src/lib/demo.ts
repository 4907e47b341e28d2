/** The clock of a demonstration: which day it is there, and a push to a later one. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { did } from './minutes'

const LOOK = 700 // ms between two looks at a push that goes on
const SLOWLY = 5000 // while the past comes in

interface Day {
  today: string
  push: { id: string; done: number; days: number } | null
  past: { done: number; shelves: number | null } | null // years that still come in
  foreseen: boolean // no first forecasts are being made
}

/** Return the question which day it is there, unanswered outside a demonstration, and the push.
 *
 * Who does not ask hears what others are answered. */
export function useDemo(end: () => string, asks = true) {
  async function asked(days?: number): Promise<Day> {
    const body = days === undefined ? {} : { method: 'POST', body: new URLSearchParams({ days: String(days) }) }
    const answer = await fetch('/demo/clock', { headers: { Accept: 'application/json' }, ...body })
    if (!answer.ok) throw new Error(end())
    if (days !== undefined) did('push')
    return (await answer.json()) as Day
  }
  const clock = useQuery({
    queryKey: ['demo'],
    queryFn: () => asked(),
    enabled: asks,
    refetchInterval: ({ state: { data } }) => (data?.push ? LOOK : data?.past || data?.foreseen === false ? SLOWLY : false),
  })
  return { clock, push: asked }
}

/** Return what of the demonstration is still coming, in words, null where all of it is there; and
 * whether figures are of a part of the past only. */
export function useComing() {
  const { t } = useI18n()
  const { clock } = useDemo(() => t('demo.end'), false)
  const past = computed(() => clock.data.value?.past ?? null)
  const coming = computed(() => {
    if (past.value) return past.value.shelves ? t('demo.past', { done: past.value.done, shelves: past.value.shelves }) : t('demo.pastSoon')
    return clock.data.value?.foreseen === false ? t('demo.foreseeing') : null
  })
  return { coming, partial: computed(() => past.value !== null) }
}

/** What a project is expected to reach, and how these goals are called. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, taken, type Schemas } from '@/api/client'
import { said } from '@/i18n'

/** Return the forecast of a project, its goals in order, and how each is called. */
export function useForecast(code: () => string) {
  const { t } = useI18n()
  const forecast = useQuery({
    queryKey: ['forecast', code],
    queryFn: () => taken(api.GET('/api/v1/projects/{code}/forecast', { params: { path: { code: code() } } })),
  })
  return {
    forecast,
    goals: computed(() => forecast.data.value?.milestones ?? []),
    named: (each: Schemas['Expected']) =>
      each.name ? `${said(each.name)} · ${t(`goal.${each.kind}`)}` : t(`goal.${each.kind}`),
  }
}

/** What a tab of the browser is called: the page's own name, and the product's. */
import { watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'

const TITLES = {
  projects: 'projects.title',
  filing: 'filing.title',
  project: 'app.project',
  pairing: 'pairing.title',
  bottlenecks: 'bottlenecks.title',
  cockpit: 'cockpit.title',
  'what-if': 'whatif.nav',
  calibration: 'calibration.title',
  agents: 'agents.title',
  admin: 'admin.title',
  today: 'today.title',
  inbox: 'inbox.title',
  missing: 'missing.title',
} as const

/** Name the tab after the page, anew when page or language change. */
export function useTitle(): void {
  const { t } = useI18n()
  const route = useRoute()
  watchEffect(() => {
    const key = TITLES[route.name as keyof typeof TITLES]
    const parts = [route.params['code'], key && t(key), t('app.title')]
    document.title = parts.filter(Boolean).join(' · ')
  })
}

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { Refused } from './api/client'
import { i18n, locale } from './i18n'
import { stacked } from './lib/stacked'
import { router } from './router'
import './theme.css'

/** Ask once more after a failure, not after an answer: what was refused stays refused. */
const again = (tries: number, error: Error) => tries < 1 && !(error instanceof Refused && error.problem.status < 500)

document.documentElement.lang = locale()
createApp(App)
  .directive('stacked', stacked)
  .use(i18n)
  .use(router)
  .use(VueQueryPlugin, { queryClientConfig: { defaultOptions: { queries: { retry: again } } } })
  .mount('#app')

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, locale } from './i18n'
import { router } from './router'
import './theme.css'

document.documentElement.lang = locale()
createApp(App)
  .use(i18n)
  .use(router)
  .use(VueQueryPlugin, { queryClientConfig: { defaultOptions: { queries: { retry: 1 } } } })
  .mount('#app')

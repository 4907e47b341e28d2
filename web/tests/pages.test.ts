/** Small pages as they are drawn: what they say, and where they lead. */
import { renderToString } from 'vue/server-renderer'
import { createSSRApp, h, type Component } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import { describe, expect, test } from 'vitest'
import en from '../src/i18n/en.json'
import zh from '../src/i18n/zh.json'
import Barred from '../src/pages/Barred.vue'
import Differences from '../src/pages/whatif/Differences.vue'

const drawn = async (page: Component, props: object = {}, locale: 'zh' | 'en' = 'zh') => {
  const app = createSSRApp({ render: () => h(page, props) })
  app.use(createI18n({ legacy: false, locale, messages: { zh, en } }))
  app.directive('stacked', { getSSRProps: () => ({}) })
  const routes = [{ path: '/projects', name: 'projects', component: { render: () => null } }]
  app.use(createRouter({ history: createMemoryHistory('/app/'), routes }))
  return renderToString(app)
}
const row = (more: object) => ({
  figure: 'department', of: 'housing', before: 3, after: 3.04, moved: 0.04, low: 0.03, high: 0.05, resolved: true, felt: false, verdict: 'same', ...more,
})
const table = (more: object) => drawn(Differences, { rows: [row(more)], named: () => '住建', title: '谁' })

describe('A page that is for other roles', () => {
  test('says so and leads back', async () => {
    const page = await drawn(Barred)

    expect(page).toContain(zh.missing.barred)
    expect(page).toContain(zh.missing.others)
    expect(page).toContain('href="/app/projects"')
  })
  test('says so in English', async () => {
    expect(await drawn(Barred, {}, 'en')).toContain(en.missing.barred)
  })
})

describe('A difference', () => {
  test('that nobody would feel is none, however sure it is', async () => {
    const found = await table({})

    expect(found).toContain(zh.whatif.verdict.same)
    expect(found).not.toContain('class="worse"')
  })
  test('is worse where the server says so', async () => {
    const found = await table({ felt: true, verdict: 'worse', after: 5, moved: 2, low: 1, high: 3 })

    expect(found).toContain(`<td class="worse"`)
    expect(found).toContain('+2.0（+1.0 至 +3.0）')
  })
  test('of shares is told in points', async () => {
    const found = await table({ figure: 'inside', before: 0.5, after: 0.62, moved: 0.12, low: 0.1, high: 0.14, felt: true, verdict: 'better' })

    expect(found).toContain('+12.0')
    expect(found).toContain('62\u00a0%')
  })
})

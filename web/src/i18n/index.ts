/** Chinese first, English complete: both files have the same keys, the compiler sees to it. */
import { createI18n } from 'vue-i18n'
import en from './en.json'
import zh from './zh.json'

export type Locale = 'zh' | 'en'

const KEPT = 'abreast.locale'
const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(KEPT)

const english: typeof zh = en

export const i18n = createI18n({
  legacy: false,
  locale: (asked === 'en' ? 'en' : 'zh') as Locale,
  fallbackLocale: 'zh',
  messages: { zh, en: english },
})

/** Return the language for the Accept-Language header. */
export function locale(): string {
  return i18n.global.locale.value === 'en' ? 'en' : 'zh-CN'
}

/** Change the language, here and for the next visit. */
export function speak(language: Locale): void {
  i18n.global.locale.value = language
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = locale()
}

/** Return a name, which is data in both languages, in the one on screen. */
export function said(name: { zh: string; en: string }): string {
  return name[i18n.global.locale.value]
}

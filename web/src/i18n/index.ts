/** Chinese first, English complete: both files have the same keys, the compiler sees to it. */
import { createI18n } from 'vue-i18n'
import type { Schemas } from '@/api/client'
import en from './en.json'
import zh from './zh.json'

export type Locale = 'zh' | 'en'

const KEPT = 'abreast.locale'
const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(KEPT)

const english: typeof zh = en

/** Whatever the interface may answer has a word: the compiler sees to this too. */
zh satisfies {
  cause: Record<Schemas['Blocker']['cause'], string>
  coupling: Record<Schemas['ItemProgress']['coupling'], string>
  goal: Record<Schemas['Expected']['kind'], string>
  jobStatus: Record<Schemas['Job']['status'], string>
  lamp: Record<Schemas['ItemProgress']['lamp'], string>
  materials: Record<Schemas['Material']['state'], string>
  next: Record<Schemas['NextAction']['cause'], string>
  pair: Record<Schemas['Pair']['status'], string>
  pause: Record<Schemas['Pause']['kind'], string>
  performer: Record<Schemas['NextTask']['performer'], string>
  policy: Record<Schemas['Pair']['policy'], string>
  reason: Record<Schemas['Cause']['kind'], string>
  stage: Record<Schemas['StageProgress']['state'], string>
  state: Record<Schemas['ItemProgress']['state'], string>
  status: Record<Required<Schemas['Project']>['status'] | 'suspended', string>
  told: { kind: Record<Schemas['ToldOfItem']['kind'], string> }
  whatif: {
    column: Record<Schemas['Card']['coupling'] | 'dropped', string>
    figure: Record<Schemas['WhatIfDifference']['figure'], string>
    modes: Record<Schemas['Board']['mode'], string>
    policies: Record<Schemas['Board']['policy'], string>
    verdict: Record<Schemas['WhatIfDifference']['verdict'], string>
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: (asked === 'en' ? 'en' : 'zh') as Locale,
  fallbackLocale: 'zh',
  messages: { zh, en: english },
  missing: (language, key) => console.error(`no text ${key} in ${language}`), // the tours fail on a line in the console
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

/** Return several things as one reads them in the language on screen: 甲、乙、丙. */
export function listed(things: Iterable<string>): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction', style: 'narrow' }).format(things)
}

/** Return several sentences as one. */
export function joined(sentences: string[]): string {
  return sentences.join(i18n.global.t('app.join'))
}

/** Return a name, which is data in both languages, in the one on screen. */
export function said(name: { zh: string; en: string }): string {
  return name[i18n.global.locale.value]
}

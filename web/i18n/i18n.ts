/**
 * Words of the screen. `t('total.title')` answers in the language of whoever was named by `speak`; because it reads that
 * object's `lang`, a Svelte template that calls `t` is drawn anew when the language changes.
 * Keys are checked by the compiler: the leaves of zh.json, plural forms (`_one`, `_other`) under one name.
 */
import { createInstance, type TFunction } from 'i18next'
import en from './en.json'
import zh from './zh.json'

export type Lang = 'zh' | 'en'

type Singular<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K
type Leaves<T> = { [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Leaves<T[K]>}` }[keyof T & string]
export type Key = Leaves<typeof zh>

/** What a sentence leaves open. `count` chooses the plural form; `{{count, number}}` in the catalogue writes it with separators. */
export type Values = Record<string, string | number>

const catalogue = createInstance()
void catalogue.init({
  lng: 'zh',
  fallbackLng: false,
  initAsync: false,
  resources: { zh: { translation: zh }, en: { translation: en } },
  interpolation: { escapeValue: false },
})
const fixed: Record<Lang, TFunction> = { zh: catalogue.getFixedT('zh'), en: catalogue.getFixedT('en') }

let speaker: { readonly lang: Lang } = { lang: 'zh' }

/** Names the object whose `lang` is spoken from now on; called once, before anything is drawn. */
export function speak(language: { readonly lang: Lang }): void {
  speaker = language
}

export const lang = (): Lang => speaker.lang

/** The sentence of a key with its gaps filled in. */
export const t = (key: Key, values?: Values): string => fixed[speaker.lang](key, values ?? {})

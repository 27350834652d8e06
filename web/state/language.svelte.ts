/** The language of the screen: Chinese unless somebody chose English on this browser. */
import { createContext } from 'svelte'

export type Lang = 'zh' | 'en'
const KEY = 'gridward.lang'

export class Language {
  lang = $state<Lang>(localStorage.getItem(KEY) === 'en' ? 'en' : 'zh')

  choose(lang: Lang): void {
    this.lang = lang
    localStorage.setItem(KEY, lang)
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  }
}

export const [getLanguage, setLanguage] = createContext<Language>()

/** The language of the screen: what the address says (`?lang=en`, for a pinned wall), then what was chosen on this browser, then Chinese. */
import { createContext } from 'svelte'

export type Lang = 'zh' | 'en'
const KEY = 'gridward.lang'
const known = (text: string | null): Lang | null => (text === 'zh' || text === 'en' ? text : null)

export class Language {
  lang = $state<Lang>(known(new URLSearchParams(location.search).get('lang')) ?? known(localStorage.getItem(KEY)) ?? 'zh')

  constructor() {
    this.mark()
  }

  choose(lang: Lang): void {
    this.lang = lang
    localStorage.setItem(KEY, lang)
    const address = new URL(location.href)
    if (address.searchParams.has('lang')) {
      address.searchParams.set('lang', lang)
      history.replaceState(history.state, '', address)
    }
    this.mark()
  }

  /** Fonts, hyphenation and readers aloud go by the document's own word. */
  private mark(): void {
    document.documentElement.lang = this.lang === 'zh' ? 'zh-CN' : 'en'
  }
}

export const [getLanguage, setLanguage] = createContext<Language>()

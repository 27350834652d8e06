import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '../../../web/i18n/en.json'
import zh from '../../../web/i18n/zh.json'

const WEB = join(import.meta.dirname, '../../../web')

function leaves(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value]] : leaves(value, `${path}${key}.`),
  )
}
const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|ts)$/.test(name))
const texts = new Map(files.map((name) => [name, readFileSync(join(WEB, name), 'utf8')]))

/** Keys as they are asked for: `t('a.b')`, or with a gap, t(`a.${x}`), as a pattern. Plural forms stand under one name. */
const asked = [...texts].flatMap(([name, text]) =>
  [...text.matchAll(/\bt\(\s*(?:'([^']+)'|`([^`]+)`)/g)].map((found) => ({ name, key: (found[1] ?? found[2])! })),
)
/** Keys that reach `t` by another way: any quoted text that looks like one. */
const passed = [...texts].flatMap(([, text]) =>
  [...text.matchAll(/['`]([a-zA-Z]+(?:\.(?:[\w-]|\$\{[^}]*\})+)+)['`]/g)].map((found) => found[1]!),
)
const stemOf = (key: string): string => key.replace(/_(one|other)$/, '')
const stems = new Set(leaves(zh).map(([key]) => stemOf(key)))
const patternOf = (key: string): RegExp => new RegExp(`^${key.replace(/[.]/g, '\\.').replace(/\$\{[^}]*\}/g, '[^.]+')}$`)

describe('the catalogues', () => {
  it('hold the same keys in the same order', () => {
    expect(leaves(en).map(([key]) => key)).toEqual(leaves(zh).map(([key]) => key))
  })

  it('leave no string empty', () => {
    expect([...leaves(zh), ...leaves(en)].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('leave the same gaps in both languages', () => {
    const gaps = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)/g)].map((found) => found[1]))].sort()
    const english = new Map(leaves(en))
    // Months and days are put in another order and spelt differently.
    const differing = leaves(zh).filter(([key, text]) => key !== 'date.full' && gaps(text).join() !== gaps(english.get(key) ?? '').join())
    expect(differing).toEqual([])
  })

  it('hold every key that is asked for', () => {
    expect(asked.length).toBeGreaterThan(100)
    const missing = asked.filter(({ key }) => ![...stems].some((stem) => patternOf(key).test(stem)))
    expect(missing).toEqual([])
  })

  it('hold no key that nothing asks for', () => {
    const patterns = [...asked.map(({ key }) => key), ...passed].map(patternOf)
    expect([...stems].filter((stem) => !patterns.some((pattern) => pattern.test(stem)))).toEqual([])
  })

  it('hold all that is said: no Svelte file has Chinese of its own', () => {
    const withoutComments = (text: string) => text.replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    const speaking = [...texts]
      .filter(([name, text]) => name.endsWith('.svelte') && /\p{Script=Han}/u.test(withoutComments(text)))
      .map(([name]) => name)
    expect(speaking).toEqual([])
  })

  it('write Chinese with full-width stops and a space between Han and digits', () => {
    const han = leaves(zh).filter(([key]) => key !== 'app.language')
    expect(han.filter(([, text]) => /\p{Script=Han}[,;:!?]|\p{Script=Han}\.(\s|$)/u.test(text))).toEqual([])
    expect(han.filter(([, text]) => /\p{Script=Han}\d|\d\p{Script=Han}/u.test(text))).toEqual([])
  })
})

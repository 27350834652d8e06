/** Where the wall looks, for its breadcrumb: from the root to the shown unit, and what lies in it. */
import type { Catalogue } from './catalogue.svelte.ts'
import type { Selection } from './selection.svelte.ts'

export function crumbsOf(catalogue: Catalogue, selection: Selection) {
  const { unit: within, root } = selection
  const codes = [within]
  for (let above = catalogue.units.get(within)?.parentCode ?? null; above !== null && within !== root;) {
    if (above.length < root.length) break
    codes.unshift(above)
    above = catalogue.units.get(above)?.parentCode ?? null
  }
  const unit = catalogue.units.get(within)
  return {
    path: codes.map((code) => ({ code, name: catalogue.nameOf(code) })),
    below: catalogue.countBelow(within),
    households: unit?.households ?? null,
    residents: unit?.residents ?? null,
    onopen: (code: string) => selection.goTo(code),
  }
}

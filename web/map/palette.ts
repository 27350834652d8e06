/** The map's colours, read once from the design tokens in CSS, so that map, legend and panels cannot differ. */
import type { Severity } from '#model/incident.ts'

/** Token name by use. What only the map knows (lines, faint names) stands in MAP_ONLY; the values are those of the look. */
const TOKENS = {
  sea: '--map-sea',
  neighbour: '--map-neighbour',
  isobath: '--map-isobath',
  road: '--map-road',
  water: '--map-water',
  building: '--map-building',
  surface0: '--surface-0',
  surface1: '--surface-1',
  line2: '--line-2',
  text1: '--text-1',
  text2: '--text-2',
  text3: '--text-3',
  seq1: '--seq-1',
  seq2: '--seq-2',
  seq3: '--seq-3',
  seq4: '--seq-4',
  seq5: '--seq-5',
  heat1: '--heat-1',
  heat2: '--heat-2',
  heat3: '--heat-3',
  heat4: '--heat-4',
  heat5: '--heat-5',
  heat6: '--heat-6',
  heat7: '--heat-7',
  change1: '--change-1',
  change2: '--change-2',
  change3: '--change-3',
  change4: '--change-4',
  change5: '--change-5',
  red: '--sev-red',
  yellow: '--sev-yellow',
  green: '--sev-green',
  onRed: '--on-red',
  onYellow: '--on-yellow',
  invertBg: '--invert-bg',
  invertFg: '--invert-fg',
} as const

const MAP_ONLY = {
  neighbourLine: '#1E262D',
  neighbourName: '#59646E',
  seaName: '#4B5A66',
  coast: '#93A1AC',
  county: '#DDE4E9',
  town: '#C9D3DA',
  village: '#93A1AC',
  grid: '#5B6873',
  gap: '#0B0F13',
  key: '#FFFFFF',
} as const

/** What the workbench's light map adds; its tokens hold in the light theme only. */
const EDIT_TOKENS = {
  sea: '--map-sea',
  neighbour: '--map-neighbour',
  water: '--map-water',
  road: '--map-road',
  roadCase: '--map-road-case',
  building: '--map-building',
  ground: '--surface-1',
  ink: '--text-1',
  text2: '--text-2',
  text3: '--text-3',
  line2: '--line-2',
  focus: '--focus',
  below: '--below',
  above: '--above',
  belowFill: '--below-fill',
  aboveFill: '--above-fill',
} as const
const EDIT_ONLY = {
  /** Grids of the plan, and what lies outside of it. */
  grid: '#5B666E',
  context: '#C6C9C4',
  contextVillage: '#AEB3AE',
  buildingOutside: '#DBDCD7',
  chosen: '#EAF2FD',
} as const
export type EditPalette = Readonly<Record<keyof typeof EDIT_TOKENS | keyof typeof EDIT_ONLY, string>>

export type Palette = Readonly<Record<keyof typeof TOKENS | keyof typeof MAP_ONLY, string>>

/** Reads the tokens that hold at `element`. Throws on a token that is not there: a map without colours helps nobody. */
export const readPalette = (element: Element = document.documentElement): Palette => ({ ...readTokens(TOKENS, element), ...MAP_ONLY })
export const readEditPalette = (element: Element): EditPalette => ({ ...readTokens(EDIT_TOKENS, element), ...EDIT_ONLY })

function readTokens<K extends string>(tokens: Readonly<Record<K, string>>, element: Element): Record<K, string> {
  const style = getComputedStyle(element)
  const read = ([use, token]: [string, string]) => {
    const colour = style.getPropertyValue(token).trim()
    if (!colour) throw new Error(`design token ${token} is missing`)
    return [use, colour] as const
  }
  return Object.fromEntries(Object.entries<string>(tokens).map(read)) as Record<K, string>
}

/** Colours of classes 1…5; class 0 (no value) is drawn as class 1. */
export const sequence = (palette: Palette): readonly string[] => [palette.seq1, palette.seq2, palette.seq3, palette.seq4, palette.seq5]

/** Colours of the heat's bands from few to many: seven on dark ground, six on light. */
export function heatRamp(palette: Palette, isLight: boolean): readonly string[] {
  const { heat1, heat2, heat3, heat4, heat5, heat6, heat7 } = palette
  const ramp = [heat1, heat2, heat3, heat4, heat5, heat6]
  return isLight ? ramp : [...ramp, heat7]
}

/** From much less through as many to much more: blue against orange, which every eye tells apart. */
export const changeColours = (palette: Palette): readonly string[] => [
  palette.change1,
  palette.change2,
  palette.change3,
  palette.change4,
  palette.change5,
]

export const severityColour = (palette: Palette, severity: Severity): string => palette[severity]

/** The families of the look: the first that the machine has is drawn. */
export const FONTS = [
  'IBM Plex Sans',
  'Noto Sans SC Variable',
  'Noto Sans CJK SC',
  'Noto Sans SC',
  'PingFang SC',
  'Microsoft YaHei',
] as const

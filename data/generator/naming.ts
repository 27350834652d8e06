/** Names of what is invented: dedicated grids take a generic noun after their village, as such places do. */
import type { GridPlan } from './divide.ts'
import type { Random } from './random.ts'

export interface VillageName {
  code: string
  officialName: string
  name: string
  nameEn: string
}

type Noun = readonly [zh: string, en: string]

const URBAN: readonly Noun[] = [
  ['商贸城', 'Trade Centre'],
  ['中学', 'Middle School'],
  ['农贸市场', 'Food Market'],
  ['公园', 'Park'],
  ['商业街', 'Shopping Street'],
  ['小学', 'Primary School'],
  ['客运站', 'Coach Station'],
  ['文体中心', 'Culture and Sports Centre'],
  ['医院', 'Hospital'],
  ['建材市场', 'Building Materials Market'],
]
const RURAL: readonly Noun[] = [
  ['工业园', 'Industrial Park'],
  ['小微企业园', 'Small Business Park'],
  ['中心校', 'Central School'],
  ['物流园', 'Logistics Park'],
  ['农贸市场', 'Food Market'],
  ['湿地公园', 'Wetland Park'],
  ['果蔬基地', 'Produce Farm'],
  ['机电产业园', 'Machinery Park'],
]
const FLATS: readonly Noun[] = [
  ['滩涂', 'Tidal Flat'],
  ['养殖区', 'Fish Farms'],
  ['围垦区', 'Reclaimed Land'],
]

/** 方林社区 → 方林. */
const stem = (name: string): string => name.replace(/(村|社区|居|生活区)$/, '')

/** 'Fanglin Community', 'Fanglin Village': the stem alone may be both. */
export function englishName({ name, nameEn }: VillageName): string {
  if (/(社区|居)$/.test(name)) return `${nameEn} Community`
  return name.endsWith('村') ? `${nameEn} Village` : nameEn
}

/** Names in the order of the grids of one village; general ones are numbered as their codes are. */
export function nameGrids(
  village: VillageName,
  grids: readonly GridPlan[],
  dense: boolean,
  random: Random,
): { name: string; nameEn: string }[] {
  const used = new Map<string, number>()
  return grids.map(({ use }, i) => {
    if (use === 'general') {
      const number = String(i + 1).padStart(2, '0')
      return { name: `${village.name} ${number}`, nameEn: `${englishName(village)} ${number}` }
    }
    const nouns = use === 'flats' ? FLATS : dense ? URBAN : RURAL
    const [zh, en] = nouns[random.below(nouns.length)] as Noun
    const before = used.get(zh) ?? 0
    used.set(zh, before + 1)
    const again = before === 0 ? ['', ''] : [['二', '三', '四', '五'][before - 1], ` ${before + 1}`]
    return { name: `${stem(village.name)}${zh}${again[0]}`, nameEn: `${village.nameEn} ${en}${again[1]}` }
  })
}

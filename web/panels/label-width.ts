import { lang } from '../i18n/i18n.ts'

/** Room for a bar's label, in rem: five Han characters, or an English word or two. */
export const LABEL_WIDTH = (): number => (lang() === 'zh' ? 5.1 : 7.6)

/** The same for the name of a class: "Livelihood services". On one line, or the classes find no room on a wall of 1080. */
export const CLASS_WIDTH = (): number => (lang() === 'zh' ? 5.1 : 9.4)

/** The same for the name of a unit: "Luqiao Subdistrict". */
export const UNIT_WIDTH = (): number => (lang() === 'zh' ? 6.2 : 9.2)

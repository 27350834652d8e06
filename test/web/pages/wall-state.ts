import { speak } from '../../../web/i18n/i18n.ts'
import { AppInfoState } from '../../../web/state/app-info.svelte.ts'
import { Attention } from '../../../web/state/attention.svelte.ts'
import { Catalogue } from '../../../web/state/catalogue.svelte.ts'
import { Choropleth } from '../../../web/state/choropleth.svelte.ts'
import { Clock } from '../../../web/state/clock.svelte.ts'
import { Figures } from '../../../web/state/figures.svelte.ts'
import { Incidents } from '../../../web/state/incidents.svelte.ts'
import { Language } from '../../../web/state/language.svelte.ts'
import { Live } from '../../../web/state/live.svelte.ts'
import { Selection } from '../../../web/state/selection.svelte.ts'
import { Session } from '../../../web/state/session.svelte.ts'
import { Sound } from '../../../web/state/sound.svelte.ts'
import { Stage } from '../../../web/state/stage.svelte.ts'
import { COUNTY, figures, NOW } from '../../fixtures/wall-figures.ts'

/** A wall's own session. */
function signedIn(): Session {
  const session = new Session()
  session.me = { name: 'east', displayName: '东墙', role: 'wall', unitCode: '', permissions: ['summary.read', 'incident.read'] }
  return session
}

/** The state of a wall that is live at NOW, as App would make it, without stream and server. */
export function wallState() {
  const language = new Language()
  speak(language)
  const appInfo = new AppInfoState(() => {})
  const county = { code: COUNTY, name: '路桥区', nameEn: 'Luqiao District', timeZone: 'Asia/Shanghai', synthetic: true, attribution: null }
  appInfo.info = {
    title: '路桥区综合信息指挥室',
    version: '1',
    now: NOW.toISOString(),
    dutyPhone: '0576 0000 110',
    basemap: null,
    counties: [county],
  }
  const clock = new Clock()
  clock.now = NOW
  const live = new Live(clock, () => {})
  live.lastAt = NOW
  const catalogue = new Catalogue(language)
  catalogue.county = county
  const selection = new Selection()
  selection.start(COUNTY)
  const incidents = new Incidents()
  const state = new Figures(clock)
  state.summary = figures()
  const sound = new Sound()
  const attention = new Attention(clock, selection, () => {})
  return {
    language,
    appInfo,
    clock,
    live,
    catalogue,
    selection,
    incidents,
    figures: state,
    session: signedIn(),
    sound,
    attention,
    choropleth: new Choropleth(catalogue, incidents, selection),
    stage: new Stage(),
  }
}

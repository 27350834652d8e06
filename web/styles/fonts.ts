/**
 * Chinese type: an installed Noto/Source Han Sans is taken first, because the web font's slices are 0.8 MB on the wall's first
 * screen; only a machine without one fetches them (from this server), slice by slice. Map labels must wait for `typeReady`.
 */
const INSTALLED = ['Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'Source Han Sans CN']

/** True when the machine has a font of this full name; `document.fonts.check` cannot tell, it says yes to unknown names. */
async function isInstalled(name: string): Promise<boolean> {
  return new FontFace('installed-probe', `local("${name}")`).load().then(
    () => true,
    () => false,
  )
}

/** Loads what the first screen and the map's labels need; never rejects: a missing font is drawn in the next of the stack. */
export async function typeReady(): Promise<void> {
  if (typeof FontFace === 'undefined') return
  const installed = await Promise.all(INSTALLED.map(isInstalled))
  if (!installed.includes(true)) await import('@fontsource-variable/noto-sans-sc/index.css')
  await Promise.allSettled([
    document.fonts.load('400 16px "IBM Plex Sans"', '0'),
    document.fonts.load('500 16px "IBM Plex Sans"', '0'),
    document.fonts.load('600 16px "IBM Plex Sans"', '0'),
  ])
}

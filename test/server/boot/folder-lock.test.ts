import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FolderInUse, lockFolder, UnusableFolder } from '../../../server/boot/folder-lock.ts'

const parent = mkdtempSync(join(tmpdir(), 'gridward-lock-'))
afterAll(() => rmSync(parent, { recursive: true }))
const lockModule = new URL('../../../server/boot/folder-lock.ts', import.meta.url).href

/** Another process that holds the lock of a folder until it is killed. */
const holder = async (folder: string) => {
  const program = `import(${JSON.stringify(lockModule)}).then(({ lockFolder }) => lockFolder(${JSON.stringify(folder)})).then(() => process.send('held'))`
  const child = fork('-e', [program + '; process.on("message", () => {})'], { execArgv: ['--import', 'tsx'], stdio: 'inherit' })
  await new Promise((resolve) => child.once('message', resolve))
  return child
}

describe('the lock of a folder', () => {
  it('is made with its folder, held once, and free again when released', async () => {
    const folder = join(parent, 'new', 'folder')
    const lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUse)
    await lock.release()
    const again = await lockFolder(folder)
    await again.release()
  })

  it('is refused with a word on a folder that is none', async () => {
    const file = join(parent, 'file')
    writeFileSync(file, '')
    for (const path of [file, join(file, 'below')]) {
      await expect(lockFolder(path)).rejects.toThrow(UnusableFolder)
      await expect(lockFolder(path)).rejects.toThrow(`The folder ${path} of DATA_DIR cannot be used: `)
    }
  })

  it('is the same by whatever name the folder is called', async () => {
    const folder = join(parent, 'real')
    const lock = await lockFolder(folder)
    symlinkSync(folder, join(parent, 'link'))
    await expect(lockFolder(join(parent, 'link'))).rejects.toThrow(FolderInUse)
    await expect(lockFolder(`${folder}/../real/`)).rejects.toThrow(FolderInUse)
    const other = await lockFolder(join(parent, 'other'))
    await other.release()
    await lock.release()
  })

  it('names the process that holds it, and is freed when that is killed', async () => {
    const folder = join(parent, 'killed')
    const child = await holder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid}`)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    const lock = await lockFolder(folder)
    await lock.release()
  })
})

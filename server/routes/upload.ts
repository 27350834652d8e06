/** A request's body as a file: taken to a temporary folder first, so that no transaction waits for a slow line. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Request } from 'express'
import { Problem } from '#contract/problem.ts'
import { fileAt } from '../commands/import-file.ts'
import type { WatchedFile } from '../commands/import-context.ts'

/** Hands the file to `use` under the name that its sender gave it, and removes it afterwards. Throws what `receive` throws. */
export async function withUpload<T>(
  req: Request,
  name: string | undefined,
  limitBytes: number,
  use: (file: WatchedFile) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gridward-import-'))
  try {
    const path = join(folder, 'file')
    await receive(req, path, limitBytes)
    return await use(await fileAt(path, basename(name ?? '')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the body to a file. Throws `too-large`, or `unsupported-media-type` for a compressed one. */
async function receive(req: Request, path: string, limit: number): Promise<void> {
  const tooLarge = () => new Problem('too-large', `The file is larger than ${Math.floor(limit / 1024 / 1024)} MB (UPLOAD_LIMIT_MB).`)
  if ((req.get('content-encoding') ?? 'identity') !== 'identity')
    throw new Problem('unsupported-media-type', 'Send the file as it is, not compressed.')
  if (Number(req.get('content-length')) > limit) throw tooLarge()
  const file = await open(path, 'wx', 0o600)
  try {
    let size = 0
    // Left without destroying the request, which would take the answer with it.
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      await file.write(chunk)
    }
  } finally {
    await file.close()
  }
}

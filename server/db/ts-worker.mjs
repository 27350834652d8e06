// Begins a thread. Workers do not inherit tsx on Node 20: where the module was not built, this plain file registers it in the new thread
// and then imports the TypeScript it is for.
import { getEnvironmentData, workerData } from 'node:worker_threads'

const built = getEnvironmentData('built')?.get(workerData.module)
if (built === undefined) (await import('tsx/esm/api')).register()
await import(built ?? workerData.module)

// Workers do not inherit tsx on Node 20: this plain file registers it in the new thread and then imports the TypeScript it is for.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.module)

// Runs a program that might not come to its end: code that never gives back cannot be stopped by the test that called it.
import { spawn } from 'node:child_process'

/**
 * Node with `args`; `options` are those of spawn. After `minutes` it is killed with all that it started, and its status is null.
 * What stops this process stops it too.
 */
export const runLimited = async (args, minutes, { onOutput, ...options }) => {
  const child = spawn(process.execPath, args, { ...options, detached: true })
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // All of them have ended by themselves.
    }
  }
  const stop = (signal) => {
    end(signal)
    process.exit(1)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const late = setTimeout(() => end('SIGKILL'), minutes * 60_000)
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', onOutput)
  const status = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(late)
  process.off('SIGINT', stop).off('SIGTERM', stop)
  return status
}

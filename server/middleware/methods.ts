/** After all routes: a path of the endpoint table that was asked with another method answers 405 and says which ones there are. */
import { Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'

export function otherMethods(): Router {
  const router = Router()
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of Object.values(endpoints)) {
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method.toUpperCase()))
    if (method === 'get') known.add('HEAD')
  }
  for (const [path, allowed] of methods) {
    const allow = [...allowed].join(', ')
    router.all(path, (req, res, next) => {
      if (allowed.has(req.method)) return next()
      res.set('Allow', allow)
      throw new Problem('method-not-allowed', `${req.method} is not served here; ${allow} are.`)
    })
  }
  return router
}

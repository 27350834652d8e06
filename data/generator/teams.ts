/** Teams and their posts. A post is a place in a team, never a person: nobody is invented to hold it. */
import type { Post, Team } from './county.ts'
import { createRandom } from './random.ts'
import type { Unit } from './county.ts'

/** A team a village, and for every grid of it a leader, a worker, an adviser; some with a stand-in, some vacant. */
export function makeTeams(units: readonly Unit[], seed: number): { teams: Team[]; posts: Post[] } {
  const random = createRandom(seed, 6)
  const teams: Team[] = []
  const posts: Post[] = []
  for (const unit of units) {
    if (unit.level === 'village') teams.push({ unitCode: unit.code, name: `${unit.name}网格团队` })
    if (unit.level === 'microgrid') {
      posts.push({
        teamUnitCode: unit.code.slice(0, 12),
        unitCode: unit.code,
        role: 'microgrid_leader',
        rank: 'first',
        vacant: random.chance(0.04),
      })
    }
    if (unit.level !== 'grid') continue
    const add = (role: Post['role'], rank: Post['rank'], vacancy: number): void => {
      posts.push({ teamUnitCode: unit.parentCode as string, unitCode: unit.code, role, rank, vacant: random.chance(vacancy) })
    }
    add('leader', 'first', 0.01)
    add('worker', 'first', 0.03)
    add('adviser', 'first', 0.08)
    if (random.chance(0.4)) add('worker', 'stand_in', 0.15)
  }
  return { teams, posts }
}

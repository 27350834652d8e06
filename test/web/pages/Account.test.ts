import { fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import LightHost from '../../fixtures/LightHost.svelte'
import { problem, stubServer } from '../../fixtures/account-server.ts'

let server: ReturnType<typeof stubServer>
beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/account')
  server = stubServer()
})
afterEach(() => vi.unstubAllGlobals())

const fill = async (current: string, next: string, again = next) => {
  const values = { 现在的密码: current, 新密码: next, 再输一遍新密码: again }
  for (const [label, value] of Object.entries(values)) await fireEvent.input(await screen.findByLabelText(label), { target: { value } })
  await fireEvent.click(screen.getByRole('button', { name: '修改' }))
}
const changes = () => server.requests.filter(({ path }) => path === '/api/session/password')

describe('the account page', () => {
  it('changes the password, says so and forgets what was typed', async () => {
    render(LightHost, { page: 'account' })
    await fill('the one I had', 'the one I want')
    expect(await screen.findByText('密码已修改。')).toBeTruthy()
    expect(changes().map(({ body }) => body)).toEqual([{ current: 'the one I had', next: 'the one I want' }])
    expect(screen.getByLabelText<HTMLInputElement>('现在的密码').value).toBe('')
  })

  it('asks for what is missing, too short or typed differently, and sends nothing', async () => {
    render(LightHost, { page: 'account' })
    await fill('', 'short', 'shor')
    for (const fault of ['请输入现在的密码', '至少 10 个字符', '两遍输入的不一样']) expect(screen.getByText(fault)).toBeTruthy()
    expect(changes()).toEqual([])
  })

  it('says that the present password is wrong', async () => {
    server.refuse = ({ path }) => (path === '/api/session/password' ? problem(401, 'wrong-credentials') : null)
    render(LightHost, { page: 'account' })
    await fill('not this one', 'the one I want')
    expect(await screen.findByText('现在的密码不对。')).toBeTruthy()
  })
})

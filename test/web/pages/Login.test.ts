import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import LightHost from '../../fixtures/LightHost.svelte'
import { problem, stubServer } from '../../fixtures/account-server.ts'

let server: ReturnType<typeof stubServer>
beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/login?next=/admin')
  server = stubServer()
})
afterEach(() => vi.unstubAllGlobals())

const open = async () => {
  render(LightHost, { page: 'login' })
  return {
    name: (await screen.findByLabelText('用户名')) as HTMLInputElement,
    password: screen.getByLabelText('密码') as HTMLInputElement,
    submit: screen.getByRole('button', { name: '登录' }),
  }
}
const signIns = () => server.requests.filter(({ method, path }) => method === 'POST' && path === '/api/session')

describe('the sign-in page', () => {
  it('begins in the user name and says whose system it is, and that its data are synthetic', async () => {
    const { name } = await open()
    expect(document.activeElement).toBe(name)
    expect(screen.getByText('路桥指挥室')).toBeTruthy()
    expect(screen.getByText('合成数据')).toBeTruthy()
    expect(screen.getByText('值班电话 110')).toBeTruthy()
    expect(document.documentElement.dataset.theme).toBe('light')
  })
  it('asks for what is missing and sends nothing', async () => {
    const { name, password, submit } = await open()
    await fireEvent.click(submit)
    expect(screen.getByText('请输入用户名')).toBeTruthy()
    expect(name.getAttribute('aria-invalid')).toBe('true')
    await fireEvent.input(name, { target: { value: 'admin' } })
    await fireEvent.click(submit)
    expect(document.activeElement).toBe(password)
    expect(signIns()).toEqual([])
  })
  it('goes on to the page that was asked for', async () => {
    const { name, password, submit } = await open()
    await fireEvent.input(name, { target: { value: ' admin ' } })
    await fireEvent.input(password, { target: { value: 'a password' } })
    await fireEvent.click(submit)
    await waitFor(() => expect(location.pathname).toBe('/admin'))
    expect(signIns()[0]!.body).toEqual({ username: 'admin', password: 'a password' })
  })
  it.each([
    [401, 'wrong-credentials', '用户名或密码不对，或该用户已停用。'],
    [429, 'too-many-requests', '试错太多次了，请 15 分钟后再试。'],
    [500, 'server-error', '服务器出错了。请稍后再试，仍不行就把编号 r-1 告诉管理员。'],
  ])('says in words what a %i means, and asks for the password again', async (status, code, words) => {
    server.refuse = ({ method }) => (method === 'POST' ? problem(status, code) : null)
    const { name, password, submit } = await open()
    await fireEvent.input(name, { target: { value: 'admin' } })
    await fireEvent.input(password, { target: { value: 'a password' } })
    await fireEvent.click(submit)
    expect((await screen.findByRole('alert')).textContent).toContain(words)
    expect(password.value).toBe('')
    expect(name.value).toBe('admin')
    await waitFor(() => expect(document.activeElement).toBe(password))
    expect(screen.queryByText('请输入密码')).toBeNull()
  })
  it('speaks English at a click', async () => {
    await open()
    await fireEvent.click(screen.getByRole('button', { name: 'English' }))
    expect(screen.getByRole('heading', { name: 'Sign in' })).toBeTruthy()
    expect(screen.getByLabelText('User name')).toBeTruthy()
  })
})

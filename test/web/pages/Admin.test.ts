import { fireEvent, render, screen, within } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import LightHost from '../../fixtures/LightHost.svelte'
import { problem, stubServer } from '../../fixtures/account-server.ts'

let server: ReturnType<typeof stubServer>
beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/admin')
  server = stubServer()
})
afterEach(() => vi.unstubAllGlobals())

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const sent = (method: string) => server.requests.filter((each) => each.method === method).map(({ path, body }) => ({ path, body }))
/** Types part of a unit's name and takes the first that is offered. */
const pick = async (text: string) => {
  const box = screen.getByRole('combobox', { name: '管辖范围' })
  await fireEvent.click(box)
  await fireEvent.input(box, { target: { value: text } })
  await fireEvent.keyDown(box, { key: 'Enter' })
}
const row = async (name: string) => within((await screen.findByRole('rowheader', { name: new RegExp(name) })).closest('tr')!)

describe('users', () => {
  const openPage = async () => {
    render(LightHost, { page: 'admin' })
    await screen.findByText('xinqiao')
  }
  it('are listed with role and place, in words', async () => {
    await openPage()
    const cells = (await row('xinqiao')).getAllByRole('cell').map((each) => each.textContent!.trim())
    expect(cells.slice(0, 4)).toEqual(['值班员', expect.stringMatching(/^新桥镇\s+路桥区$/), '在用', '2026-11-22 14:00'])
  })
  it('are made with a unit chosen by name', async () => {
    await openPage()
    await type('显示名称', '金清镇值班台')
    await type('用户名', 'jinqing')
    await pick('金清')
    await press('生成')
    await press('建立用户')
    await screen.findByText(/已建立用户“金清镇值班台”/)
    const { body } = sent('POST')[0]!
    expect(body).toEqual({
      username: 'jinqing',
      displayName: '金清镇值班台',
      role: 'dispatcher',
      unitCode: '331004101',
      password: expect.stringMatching(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/),
    })
    expect((screen.getByLabelText('显示名称') as HTMLInputElement).value).toBe('')
    expect(await row('jinqing')).toBeTruthy()
  })
  it('are not sent while something is missing; each field says what', async () => {
    await openPage()
    await type('用户名', 'Not Good')
    await press('建立用户')
    for (const words of ['请输入显示名称', '2 至 63 位：小写字母、数字、. - _，以字母或数字开头', '请选择管辖范围', '至少 10 个字符']) {
      expect(screen.getByText(words)).toBeTruthy()
    }
    expect(sent('POST')).toEqual([])
  })
  it('whose name is taken are told so at the name', async () => {
    server.refuse = ({ method }) => (method === 'POST' ? problem(409, 'conflict', [{ where: 'body/username', message: 'taken' }]) : null)
    await openPage()
    await type('显示名称', 'x')
    await type('用户名', 'xinqiao')
    await pick('')
    await press('生成')
    await press('建立用户')
    expect(await screen.findByText('这个用户名已有人用')).toBeTruthy()
    expect(screen.getByLabelText('用户名').getAttribute('aria-invalid')).toBe('true')
  })
  it('are changed by what was changed, and switched off only after a second click', async () => {
    await openPage()
    await fireEvent.click((await row('xinqiao')).getByRole('button'))
    await pick('金清')
    await press('保存')
    await screen.findByText('已保存“用户 xinqiao”。')
    expect(sent('PATCH')).toEqual([{ path: '/api/users/2', body: { displayName: '用户 xinqiao', unitCode: '331004101' } }])
    await fireEvent.click((await row('xinqiao')).getByRole('button'))
    await press('停用此用户')
    expect(sent('PATCH')).toHaveLength(1)
    await press('确认停用')
    await screen.findByText('已停用“用户 xinqiao”。')
    expect(sent('PATCH')[1]).toEqual({ path: '/api/users/2', body: { enabled: false } })
  })
  it('of whom the last administrator cannot go: the reason is told', async () => {
    server.refuse = ({ method }) => (method === 'PATCH' ? problem(409, 'conflict') : null)
    await openPage()
    await fireEvent.click((await row('admin')).getByRole('button'))
    await press('停用此用户')
    await press('确认停用')
    expect((await screen.findByRole('alert')).textContent).toContain('这是最后一个管全部的管理员')
  })
  it('that cannot be got leave an explanation and a way to try again', async () => {
    server.refuse = ({ path }) => (path === '/api/users' ? problem(503, 'not-ready') : null)
    render(LightHost, { page: 'admin' })
    expect((await screen.findByRole('alert')).textContent).toContain('用户取不到')
    server.refuse = () => null
    await press('重试')
    expect(await screen.findByText('xinqiao')).toBeTruthy()
  })
  it('are for administrators only', async () => {
    server = stubServer('dispatcher')
    render(LightHost, { page: 'admin' })
    expect(await screen.findByText('这一页只给管理员')).toBeTruthy()
    expect(server.requests.some(({ path }) => path === '/api/users')).toBe(false)
  })
})

describe('tokens and wall links', () => {
  const openPage = async () => {
    render(LightHost, { page: 'admin' })
    await fireEvent.click(await screen.findByRole('tab', { name: '令牌与大屏链接' }))
    await row('东墙')
  }
  it('show a wall link once, ready to be opened', async () => {
    await openPage()
    await type('名称', '西墙')
    await pick('')
    await press('建立大屏链接')
    const link = (await screen.findByRole('textbox', { name: '大屏链接' })) as HTMLTextAreaElement
    expect(link.value).toBe(`${location.origin}/wall#token=gw_secret`)
    expect(sent('POST')[0]!.body).toEqual({ name: '西墙', purpose: 'wall', role: 'wall', unit: '', expiresAt: expect.stringMatching(/Z$/) })
    await press('再建一个')
    expect(document.body.textContent).not.toContain('gw_secret')
  })
  it('select the secret where there is no clipboard', async () => {
    vi.stubGlobal('navigator', { ...navigator, clipboard: undefined })
    await openPage()
    await type('名称', '西墙')
    await pick('')
    await press('建立大屏链接')
    const link = (await screen.findByRole('textbox', { name: '大屏链接' })) as HTMLTextAreaElement
    await press('复制')
    expect(await screen.findByText('已选中，按 Ctrl C 复制')).toBeTruthy()
    expect(link.selectionEnd - link.selectionStart).toBe(link.value.length)
  })
  it('are revoked after a second click', async () => {
    await openPage()
    await fireEvent.click((await row('东墙')).getByRole('button'))
    expect(sent('DELETE')).toEqual([])
    await press('确认撤销')
    await screen.findByText('已撤销“东墙”，立即失效。')
    expect(sent('DELETE')).toEqual([{ path: '/api/tokens/1', body: null }])
    expect((await row('东墙')).queryByRole('button')).toBeNull()
  })
})

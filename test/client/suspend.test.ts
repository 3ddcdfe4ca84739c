import {expect, it} from 'vitest'
import {startClient} from './harness.ts'
import {key} from './keys.ts'

it('a screen without a shell that could continue it is not suspended, and says so', async () => {
  const app = startClient()
  await app.connected()
  app.client.press(key('ctrl+z'))
  expect(app.toasts()).toEqual([])
  app.desktop.suspend.mockReturnValueOnce(false)
  app.client.press(key('ctrl+z'))
  expect(app.toasts().join()).toContain('no shell would bring this screen back')
})
